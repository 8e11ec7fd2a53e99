# SPDX-License-Identifier: MIT
# Puts files into an executable.
#
# embed_file(library symbol file): symbol_start and symbol_end enclose the bytes.
# embed_tree(library symbol root file...): a table `const struct embedded_file symbol[]` of path (relative to root) and
# bytes, `const size_t symbol_count` entries (core/base/embedded.h).
# Both make the static library and add it to embedded_libraries.
set(embedded_libraries)

set(embed_note ".section .note.GNU-stack,\"\",%progbits\n")

function(embed_bytes out symbol file)
    set(${out} ".section .rodata\n.balign 16\n.global ${symbol}_start\n.hidden ${symbol}_start\n${symbol}_start:\n.incbin \"${file}\"\n.global ${symbol}_end\n.hidden ${symbol}_end\n${symbol}_end:\n.byte 0\n" PARENT_SCOPE)
endfunction()

macro(embed_file library symbol file)
    embed_bytes(embed_text ${symbol} ${file})
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/generated/${symbol}.S CONTENT "${embed_text}${embed_note}")
    add_library(${library} STATIC ${CMAKE_BINARY_DIR}/generated/${symbol}.S)
    set_source_files_properties(${CMAKE_BINARY_DIR}/generated/${symbol}.S PROPERTIES GENERATED TRUE OBJECT_DEPENDS ${file})
    list(APPEND embedded_libraries ${library})
endmacro()

function(embed_tree_sources symbol root)
    set(assembly "${embed_note}")
    set(externs "")
    set(rows "")
    set(index 0)
    foreach(file IN LISTS ARGN)
        cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${root} OUTPUT_VARIABLE path)
        embed_bytes(text ${symbol}_${index} ${file})
        string(APPEND assembly "${text}")
        string(APPEND externs "extern const unsigned char ${symbol}_${index}_start[], ${symbol}_${index}_end[];\n")
        string(APPEND rows "    { \"${path}\", ${symbol}_${index}_start, ${symbol}_${index}_end },\n")
        math(EXPR index "${index} + 1")
    endforeach()
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/generated/${symbol}.S CONTENT "${assembly}")
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/generated/${symbol}.c CONTENT
"#include \"base/embedded.h\"
${externs}const struct embedded_file ${symbol}[] = {\n${rows}    { 0, 0, 0 },\n};
const size_t ${symbol}_count = ${index};
")
endfunction()

macro(embed_tree library symbol root)
    embed_tree_sources(${symbol} ${root} ${ARGN})
    add_library(${library} STATIC ${CMAKE_BINARY_DIR}/generated/${symbol}.S ${CMAKE_BINARY_DIR}/generated/${symbol}.c)
    target_include_directories(${library} PRIVATE ${CMAKE_SOURCE_DIR}/core)
    set_source_files_properties(${CMAKE_BINARY_DIR}/generated/${symbol}.S PROPERTIES GENERATED TRUE OBJECT_DEPENDS "${ARGN}")
    list(APPEND embedded_libraries ${library})
endmacro()
