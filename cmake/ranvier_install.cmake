# find_package(ranvier) for other projects: library, headers, the list of models.
include(CMakePackageConfigHelpers)
install(TARGETS ranvier ranvier_flags EXPORT ranvier_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY models kernels host DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ranvier FILES_MATCHING PATTERN "*.h")
install(FILES ${generated}/ranvier/all_models.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ranvier/ranvier)
install(EXPORT ranvier_targets NAMESPACE ranvier:: FILE ranvier_targets.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ranvier)
# A build tree can be found, too: ranvier_DIR is its folder.
export(EXPORT ranvier_targets NAMESPACE ranvier:: FILE ${CMAKE_CURRENT_BINARY_DIR}/ranvier_targets.cmake)
set(dependency_of_cuda "")
if(ranvier_has_cuda)
    set(dependency_of_cuda "find_dependency(CUDAToolkit)")
endif()
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/ranvier-config.cmake
"include(CMakeFindDependencyMacro)
find_dependency(fmt)
find_dependency(Threads)
${dependency_of_cuda}
include(\${CMAKE_CURRENT_LIST_DIR}/ranvier_targets.cmake)
")
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/ranvier-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ranvier-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/ranvier-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/ranvier)
