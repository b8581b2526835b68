# What `cmake --install` puts where: the program, the library with its headers for find_package(iccsim), and the
# platform and model files that scenarios name.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/iccsim)

install(TARGETS iccsim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${ICCSIM_LAYERS} iccsim_all EXPORT iccsimTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/iccsim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT iccsimTargets NAMESPACE iccsim:: DESTINATION ${package_dir})

configure_package_config_file(cmake/iccsimConfig.cmake.in ${PROJECT_BINARY_DIR}/iccsimConfig.cmake
                              INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/iccsimConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/iccsimConfig.cmake ${PROJECT_BINARY_DIR}/iccsimConfigVersion.cmake
        DESTINATION ${package_dir})

install(DIRECTORY platforms DESTINATION ${CMAKE_INSTALL_DATADIR}/iccsim)
install(DIRECTORY scenarios/models scenarios/examples DESTINATION ${CMAKE_INSTALL_DATADIR}/iccsim/scenarios)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
