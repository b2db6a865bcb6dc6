# DuckDB: a system-wide one first, else the library and header that tools/fetch_npm.sh
# unpacked from npm into .deps/duckdb (docs/decisions/0002-duckdb-from-npm.md).
find_path(DUCKDB_INCLUDE_DIR duckdb.h PATHS ${CMAKE_SOURCE_DIR}/.deps/duckdb)
find_library(DUCKDB_LIBRARY duckdb PATHS ${CMAKE_SOURCE_DIR}/.deps/duckdb)
if(NOT DUCKDB_INCLUDE_DIR OR NOT DUCKDB_LIBRARY)
  message(FATAL_ERROR "DuckDB not found: expected duckdb.h and libduckdb.so system-wide or in "
    "${CMAKE_SOURCE_DIR}/.deps/duckdb; `make deps` puts them there")
endif()
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION ${DUCKDB_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_INCLUDE_DIR})
