# With WEIR_UNITE eight files are compiled as one: most of a build's time goes to the same headers,
# again and again. The dev preset and clang-tidy compile each alone, so that a file that includes too
# little is found.
function(weir_unite target)
  if(WEIR_UNITE)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

# weir_module(<name> [DEPENDS <target>...] [APART <file>...]): a library weir_<name> from every .cc of
# the current folder and below, and one test program per folder from its *_test.cc files. The headers
# are a file set, so that the target all_verify_interface_header_sets compiles each alone. APART: files
# that cannot be compiled as one with others.
function(weir_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;APART" ${ARGN})
  set_source_files_properties(${ARG_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(sources)
    add_library(weir_${name} STATIC ${sources})
    target_link_libraries(weir_${name} PUBLIC ${ARG_DEPENDS} PRIVATE weir_warnings)
    target_include_directories(weir_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    weir_unite(weir_${name})
    set(scope PUBLIC)
  else()
    add_library(weir_${name} INTERFACE)
    target_link_libraries(weir_${name} INTERFACE ${ARG_DEPENDS})
    target_include_directories(weir_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    set(scope INTERFACE)
  endif()
  target_sources(weir_${name} ${scope} FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/src FILES ${headers})
  if(tests AND WEIR_TESTS)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE weir_${name} weir_warnings GTest::gmock GTest::gtest_main)
    weir_unite(${name}_test)
    # Optimizing a test takes longer than running it.
    target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O0>)
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit)
  endif()
endfunction()
