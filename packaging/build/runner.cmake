# SPDX-License-Identifier: MIT
# interlude-runner: maps one module and runs it (core/runtime). Small on purpose and linked to nothing that a module could
# collide with: libc, and libseccomp inside it. The server carries it as bytes (core/host/runner_image.h).
find_library(SECCOMP_LIBRARY NAMES libseccomp.a seccomp REQUIRED)

# All of core/runtime but its main: the executable below and the unit tests are made of it.
add_library(runtime INTERFACE)
target_link_libraries(runtime INTERFACE interlude_flags)
file(GLOB runtime_sources CONFIGURE_DEPENDS core/runtime/*.c)
list(REMOVE_ITEM runtime_sources ${CMAKE_SOURCE_DIR}/core/runtime/main.c)
if(runtime_sources)
    add_library(core_runtime STATIC ${runtime_sources})
    target_link_libraries(core_runtime PRIVATE interlude_flags interlude_headers)
    if(NOT INTERLUDE_SANITIZE)
        target_compile_options(core_runtime PRIVATE -O2)
    endif()
    target_link_libraries(runtime INTERFACE core_runtime)
endif()
foreach(folder link json base)
    if(TARGET core_${folder})
        target_link_libraries(runtime INTERFACE core_${folder})
    endif()
endforeach()
target_link_libraries(runtime INTERFACE ${SECCOMP_LIBRARY} ${CMAKE_DL_LIBS} Threads::Threads m)

if(EXISTS ${CMAKE_SOURCE_DIR}/core/runtime/main.c)
    add_executable(interlude-runner core/runtime/main.c)
    target_link_libraries(interlude-runner PRIVATE runtime)
    target_link_options(interlude-runner PRIVATE -Wl,--exclude-libs,ALL)
    if(INTERLUDE_SANITIZE MATCHES address)
        target_sources(interlude-runner PRIVATE tests/lib/runner_sanitizer.c)
    endif()
    # What is embedded has no debug information; a sanitizer's report needs it.
    set(runner_image ${CMAKE_BINARY_DIR}/generated/runner)
    set(strip --strip-all)
    if(INTERLUDE_SANITIZE)
        set(strip --strip-dwo)
    endif()
    if(INTERLUDE_RUNNER)
        set(runner_image ${INTERLUDE_RUNNER})
    else()
        add_custom_command(OUTPUT ${runner_image}
            COMMAND ${CMAKE_OBJCOPY} ${strip} $<TARGET_FILE:interlude-runner> ${runner_image}
            DEPENDS interlude-runner VERBATIM)
    endif()
    embed_file(embedded_runner runner_image ${runner_image})
endif()

# `interlude dev` compiles routes without the source tree: what an author includes, and the flags, travel in the server.
file(GLOB_RECURSE sdk_sources CONFIGURE_DEPENDS sdk-headers/*.h sdk-headers/module-flags)
if(sdk_sources)
    embed_tree(embedded_sdk sdk_files ${CMAKE_SOURCE_DIR}/sdk-headers ${sdk_sources})
endif()
