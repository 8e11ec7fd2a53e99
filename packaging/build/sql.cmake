# SPDX-License-Identifier: MIT
# sql/ as rows of C macros: generated/sql/state.def from sql/, generated/sql/queue.def from sql/queue/. Included by
# core/store/{query.h,sql.c} and core/queue/{query.h,sql.c}.
find_program(AWK awk REQUIRED)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/sql)

function(sql_rows name folder)
    file(GLOB files CONFIGURE_DEPENDS ${folder}/schema/*.sql ${folder}/queries/*.sql) # sorted: migrations in their order
    set(rows ${CMAKE_BINARY_DIR}/generated/sql/${name}.def)
    add_custom_command(OUTPUT ${rows}
        COMMAND ${AWK} -f ${CMAKE_SOURCE_DIR}/packaging/build/sql.awk ${files} > ${rows}.new
        COMMAND ${CMAKE_COMMAND} -E rename ${rows}.new ${rows}
        DEPENDS ${files} ${CMAKE_SOURCE_DIR}/packaging/build/sql.awk VERBATIM)
    add_custom_target(sql_${name} DEPENDS ${rows})
    foreach(library IN LISTS core_libraries)
        add_dependencies(${library} sql_${name})
    endforeach()
endfunction()

sql_rows(state sql)
sql_rows(queue sql/queue)
target_include_directories(interlude_flags INTERFACE ${CMAKE_BINARY_DIR}/generated)
