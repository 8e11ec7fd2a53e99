# SPDX-License-Identifier: MIT
# What tests/bench/run needs besides the server: `cmake --build --preset release --target bench`.
add_executable(ws_client EXCLUDE_FROM_ALL tests/bench/ws_client.c tests/bench/ws_peer.c)
target_link_libraries(ws_client PRIVATE core interlude_headers)
add_executable(bare_h2o EXCLUDE_FROM_ALL tests/bench/bare_h2o.c)
target_link_libraries(bare_h2o PRIVATE interlude_flags interlude_libraries interlude_headers)
set_target_properties(ws_client bare_h2o PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)

set(bench_modules)
file(GLOB bench_routes CONFIGURE_DEPENDS tests/bench/routes/*.c)
foreach(source IN LISTS bench_routes)
    cmake_path(GET source STEM name)
    add_module(bench_modules ${source} ${CMAKE_BINARY_DIR}/bench/${name}.so)
endforeach()
add_custom_target(bench DEPENDS ws_client bare_h2o ${bench_modules})
