# SPDX-License-Identifier: MIT
# add_module(out_variable source out_file): compiles one route module as `interlude dev` does, with the flags of
# sdk-headers/module-flags and the libraries named by a leading `// link: -lfoo` comment. Appends out_file to the list.
function(module_flags out)
    set(flags)
    if(EXISTS ${CMAKE_SOURCE_DIR}/sdk-headers/module-flags)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sdk-headers/module-flags)
        file(STRINGS ${CMAKE_SOURCE_DIR}/sdk-headers/module-flags lines REGEX "^[^#]")
        list(JOIN lines " " flags)
        separate_arguments(flags UNIX_COMMAND "${flags}")
    endif()
    set(${out} ${flags} PARENT_SCOPE)
endfunction()

function(add_module out source out_file)
    module_flags(flags)
    file(STRINGS ${source} link_lines LIMIT_COUNT 1 REGEX "^// link:")
    string(REGEX MATCHALL "-l[A-Za-z0-9_.+-]+" libraries "${link_lines}")
    file(GLOB_RECURSE headers ${CMAKE_SOURCE_DIR}/sdk-headers/*.h)
    cmake_path(GET out_file PARENT_PATH folder)
    add_custom_command(OUTPUT ${out_file}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
        COMMAND ${CMAKE_C_COMPILER} ${flags} -I${CMAKE_SOURCE_DIR}/sdk-headers -o ${out_file} ${source} ${libraries}
        DEPENDS ${source} ${headers} ${CMAKE_SOURCE_DIR}/sdk-headers/module-flags
        COMMENT "Module ${out_file}" VERBATIM)
    set(${out} ${${out}} ${out_file} PARENT_SCOPE)
endfunction()
