# SPDX-License-Identifier: MIT
# What tests/bench/run needs besides the server: `cmake --build --preset release --target bench`.
foreach(name IN ITEMS ws_client ws_crowd)
    add_executable(${name} EXCLUDE_FROM_ALL tests/bench/${name}.c tests/bench/ws_peer.c)
    target_link_libraries(${name} PRIVATE core interlude_headers)
endforeach()
add_executable(bare_h2o EXCLUDE_FROM_ALL tests/bench/bare_h2o.c)
target_link_libraries(bare_h2o PRIVATE interlude_flags interlude_libraries interlude_headers)
add_executable(group_commit EXCLUDE_FROM_ALL tests/bench/group_commit.c)
target_link_libraries(group_commit PRIVATE interlude_flags interlude_libraries)
set(bench_tools ws_client ws_crowd bare_h2o group_commit)
set_target_properties(${bench_tools} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)

set(bench_modules)
file(GLOB bench_routes CONFIGURE_DEPENDS tests/bench/routes/*.c)
foreach(source IN LISTS bench_routes)
    cmake_path(GET source STEM name)
    add_module(bench_modules ${source} ${CMAKE_BINARY_DIR}/bench/${name}.so)
endforeach()

set(bench_packages)
if(NPM AND NOT INTERLUDE_TESTS) # the tests have this rule themselves
    npm_install(bench_packages ${CMAKE_CURRENT_SOURCE_DIR}/tests/e2e/sdk) # real SDK hosts
endif()
add_custom_target(bench DEPENDS ${bench_tools} ${bench_modules} ${bench_packages})
