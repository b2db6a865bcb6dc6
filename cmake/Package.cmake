# `make deb`: a Debian package of the program with its library, unit, settings and manual pages.
# CPack takes the folder from here: with it the settings' /etc can stand beside.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
  set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "where programs are installed" FORCE)
endif()
install(TARGETS weir weir-probe RUNTIME DESTINATION bin)
install(FILES ${DUCKDB_LIBRARY} ${WEIR_COUNTRIES} DESTINATION lib/weir)
install(FILES packaging/weir.service packaging/weir-probe@.service DESTINATION lib/systemd/system)
install(FILES packaging/deb/weir.toml DESTINATION /etc/weir PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
install(FILES LICENSE DESTINATION share/doc/weir RENAME copyright)

set(pages ${CMAKE_BINARY_DIR}/man)
file(MAKE_DIRECTORY ${pages})
add_custom_command(OUTPUT ${pages}/weir.1.gz
  COMMAND gzip -9nc ${CMAKE_SOURCE_DIR}/man/weir.1 > ${pages}/weir.1.gz DEPENDS man/weir.1)
add_custom_command(OUTPUT ${pages}/weir.toml.5.gz
  COMMAND python3 tools/man_settings.py $<TARGET_FILE:weir> > ${pages}/weir.toml.5
  COMMAND gzip -9nc ${pages}/weir.toml.5 > ${pages}/weir.toml.5.gz
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} DEPENDS weir tools/man_settings.py)
add_custom_command(OUTPUT ${pages}/weir-probe.1.gz
  COMMAND gzip -9nc ${CMAKE_SOURCE_DIR}/man/weir-probe.1 > ${pages}/weir-probe.1.gz DEPENDS man/weir-probe.1)
add_custom_target(man DEPENDS ${pages}/weir.1.gz ${pages}/weir-probe.1.gz ${pages}/weir.toml.5.gz)
install(FILES ${pages}/weir.1.gz ${pages}/weir-probe.1.gz DESTINATION share/man/man1)
install(FILES ${pages}/weir.toml.5.gz DESTINATION share/man/man5)

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "The Weir authors <weir@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "who uses the network: NetFlow and IPFIX kept and asked")
set(CPACK_PACKAGE_DESCRIPTION "Weir collects NetFlow and IPFIX from routers, keeps every flow in little disk,
and answers in a browser and on the command line who used the network, with
whom and when, now and for any past range.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
get_filename_component(duckdb_folder ${DUCKDB_LIBRARY} DIRECTORY)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${duckdb_folder})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/deb/conffiles
  ${CMAKE_SOURCE_DIR}/packaging/deb/postinst ${CMAKE_SOURCE_DIR}/packaging/deb/prerm
  ${CMAKE_SOURCE_DIR}/packaging/deb/postrm)
include(CPack)
