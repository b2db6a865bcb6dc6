# weir_web: the browser part, built from web/ by tools/web_build.sh and held in the program. Without
# it (-DWEIR_WEB=OFF) the program serves its API alone.
enable_language(ASM)
set(web_out ${CMAKE_BINARY_DIR}/web)
file(MAKE_DIRECTORY ${web_out})

if(WEIR_WEB)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/node.sh RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  if(failed)
    message(FATAL_ERROR "no Node for the browser part: expected 20.19 or newer in PATH or .deps/node; "
      "`make deps` puts it there, -DWEIR_WEB=OFF builds without pages")
  endif()
  file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/src/* ${CMAKE_SOURCE_DIR}/web/public/*
    ${CMAKE_SOURCE_DIR}/web/build/*)
  list(FILTER web_sources EXCLUDE REGEX "\\.test\\.ts$")
  file(GLOB web_settings CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/web/*.json ${CMAKE_SOURCE_DIR}/web/*.js
    ${CMAKE_SOURCE_DIR}/web/*.ts ${CMAKE_SOURCE_DIR}/web/*.html)
  add_custom_command(OUTPUT ${web_out}/assets.cc ${web_out}/assets.S
    COMMAND ${CMAKE_SOURCE_DIR}/tools/web_build.sh ${web_out}/dist
    COMMAND ${CMAKE_COMMAND} -D DIST=${web_out}/dist -D OUT=${web_out} -P ${CMAKE_CURRENT_LIST_DIR}/EmbedAssets.cmake
    DEPENDS ${web_sources} ${web_settings} ${CMAKE_SOURCE_DIR}/tools/web_build.sh ${CMAKE_CURRENT_LIST_DIR}/EmbedAssets.cmake
    COMMENT "Building the browser part" VERBATIM)
else()
  execute_process(COMMAND ${CMAKE_COMMAND} -D DIST= -D OUT=${web_out} -P ${CMAKE_CURRENT_LIST_DIR}/EmbedAssets.cmake
    COMMAND_ERROR_IS_FATAL ANY)
endif()

add_library(weir_web STATIC ${web_out}/assets.cc ${web_out}/assets.S)
target_include_directories(weir_web PRIVATE ${CMAKE_SOURCE_DIR}/src)
