# cmake -D DIST=<folder> -D OUT=<folder> -P EmbedAssets.cmake: writes OUT/assets.S, which takes in the
# files below DIST with their .gz and .br as they are, and OUT/assets.cc, the table of them. An empty
# DIST makes an empty table.
cmake_minimum_required(VERSION 3.25)
set(type_html "text/html; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_txt "text/plain; charset=utf-8")
set(type_json "application/json")
set(type_svg "image/svg+xml")
set(type_png "image/png")
set(type_woff2 "font/woff2")

set(blobs ".section .rodata\n")
set(symbols "")
set(rows "")
set(count 0)

# Adds the file, when it is there, to the blobs; `result` is how the table names its octets.
macro(embed path result)
  set(${result} "{}")
  if(EXISTS ${path})
    file(SIZE ${path} octets)
    string(APPEND blobs ".global weir_asset_${count}\nweir_asset_${count}:\n.incbin \"${path}\"\n")
    string(APPEND symbols "extern const char weir_asset_${count}[];\n")
    set(${result} "{weir_asset_${count}, ${octets}}")
    math(EXPR count "${count} + 1")
  endif()
endmacro()

if(DIST)
  file(GLOB_RECURSE files RELATIVE ${DIST} ${DIST}/*)
  list(FILTER files EXCLUDE REGEX "\\.(gz|br)$")
  if(NOT "index.html" IN_LIST files)
    message(FATAL_ERROR "EmbedAssets.cmake: ${DIST} has no index.html")
  endif()
  foreach(file IN LISTS files)
    string(REGEX REPLACE "^.*\\." "type_" type ${file})
    if(NOT DEFINED ${type})
      message(FATAL_ERROR "EmbedAssets.cmake: no content type for ${file}")
    endif()
    file(SHA256 ${DIST}/${file} hash)
    string(SUBSTRING ${hash} 0 20 hash)
    embed(${DIST}/${file} plain)
    embed(${DIST}/${file}.gz gzip)
    embed(${DIST}/${file}.br brotli)
    string(APPEND rows "    {\"/${file}\", \"${${type}}\", \"${hash}\",\n     ${plain}, ${gzip}, ${brotli}},\n")
  endforeach()
endif()

string(APPEND blobs ".section .note.GNU-stack,\"\",%progbits\n")
file(WRITE ${OUT}/assets.S "${blobs}")
set(table "{}")
if(rows)
  set(table "kAssets")
  set(rows "const serve::Asset kAssets[] = {\n${rows}};\n")
endif()
file(WRITE ${OUT}/assets.cc "// Made by cmake/EmbedAssets.cmake.
#include \"serve/assets/assets.h\"

extern \"C\" {
${symbols}}

namespace {
${rows}}  // namespace

std::span<const serve::Asset> serve::web_assets() {
  return ${table};
}
")
