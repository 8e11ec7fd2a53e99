# SPDX-License-Identifier: MIT
# sql/ as rows of C macros: generated/sql/state.def, which core/store/query.h and sql.c include.
file(GLOB sql_files CONFIGURE_DEPENDS sql/schema/*.sql sql/queries/*.sql) # sorted: migrations in their order
set(sql_rows ${CMAKE_BINARY_DIR}/generated/sql/state.def)
find_program(AWK awk REQUIRED)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated/sql)
add_custom_command(OUTPUT ${sql_rows}
    COMMAND ${AWK} -f ${CMAKE_SOURCE_DIR}/packaging/build/sql.awk ${sql_files} > ${sql_rows}.new
    COMMAND ${CMAKE_COMMAND} -E rename ${sql_rows}.new ${sql_rows}
    DEPENDS ${sql_files} ${CMAKE_SOURCE_DIR}/packaging/build/sql.awk VERBATIM)
add_custom_target(sql DEPENDS ${sql_rows})
target_include_directories(interlude_flags INTERFACE ${CMAKE_BINARY_DIR}/generated)
foreach(library IN LISTS core_libraries)
    add_dependencies(${library} sql)
endforeach()
