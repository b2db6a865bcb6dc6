# Countries of addresses, which tools/fetch_npm.sh unpacked from npm into .deps/places.
set(WEIR_COUNTRIES ${CMAKE_SOURCE_DIR}/.deps/places/country.mmdb)
if(NOT EXISTS ${WEIR_COUNTRIES})
  message(FATAL_ERROR "expected ${WEIR_COUNTRIES}; `make deps` puts it there")
endif()
