# SPDX-License-Identifier: MIT
# Schema and queries of sql/ as C tables in the store library.
#
# sql_table(name folder): generated/sql/<name>.def from folder/schema and folder/queries (sql.awk), which core/store includes.
find_program(AWK NAMES awk mawk gawk REQUIRED)

function(sql_table name folder)
    file(GLOB schema CONFIGURE_DEPENDS ${folder}/schema/*.sql)
    file(GLOB queries CONFIGURE_DEPENDS ${folder}/queries/*.sql)
    if(NOT schema OR NOT TARGET core_store)
        return()
    endif()
    set(table ${CMAKE_BINARY_DIR}/generated/sql/${name}.def)
    set(script ${CMAKE_SOURCE_DIR}/packaging/build/sql.awk)
    add_custom_command(OUTPUT ${table}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated/sql
        COMMAND ${AWK} -f ${script} ${schema} ${queries} > ${table}
        DEPENDS ${script} ${schema} ${queries} VERBATIM)
    target_sources(core_store PRIVATE ${table})
    target_include_directories(core_store PRIVATE ${CMAKE_BINARY_DIR}/generated)
endfunction()

sql_table(state ${CMAKE_SOURCE_DIR}/sql)
