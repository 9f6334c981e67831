# Run by CPack over the files of each package before they are packed: adds changelog and copyright,
# and compresses what Debian wants compressed.
set(source ${CPACK_PITH_SOURCE_DIR})

function(compress)
    foreach(file IN LISTS ARGN)
        # No name and no time in it: the same input gives the same package.
        execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
endfunction()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    string(TOUPPER ${component} upper)
    set(root ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr)
    set(doc ${root}/share/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
    file(COPY ${source}/cmake/debian/copyright DESTINATION ${doc})
    configure_file(${source}/cmake/debian/changelog ${doc}/changelog.Debian COPYONLY)
    file(GLOB pages ${root}/share/man/man*/*)
    compress(${pages} ${doc}/changelog.Debian)
endforeach()
