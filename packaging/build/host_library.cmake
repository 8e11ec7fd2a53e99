# SPDX-License-Identifier: MIT
# libinterlude-host.a: a program that links it is a host itself (sdk-headers/interlude/host.h). One object, so that nothing
# of ours meets the program's own names: only interlude_host_… can be seen.
file(GLOB embed_sources CONFIGURE_DEPENDS core/embed/*.c)
add_library(core_embed STATIC ${embed_sources})
target_link_libraries(core_embed PRIVATE interlude_flags interlude_headers)

set(host_archives)
foreach(folder rpc host runtime link loop json base)
    list(APPEND host_archives $<TARGET_FILE:core_${folder}>)
endforeach()
set(host_object ${CMAKE_BINARY_DIR}/generated/interlude-host.o)
set(host_library ${CMAKE_BINARY_DIR}/libinterlude-host.a)
add_custom_command(OUTPUT ${host_library}
    COMMAND ${CMAKE_LINKER} -r -o ${host_object} --whole-archive $<TARGET_FILE:core_embed> --no-whole-archive
        --start-group ${host_archives} --end-group
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${host_object}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${host_library}
    COMMAND ${CMAKE_AR} rcs ${host_library} ${host_object}
    DEPENDS core_embed core_rpc core_host core_runtime core_link core_loop core_json core_base VERBATIM)

# What it needs besides; libev and wslay have no .pc file of their own in Debian.
set(HOST_REQUIRES "libssl libcrypto")
set(HOST_LIBRARIES "-lwslay -lev -lpthread -lm")
configure_file(packaging/interlude-host.pc.in ${CMAKE_BINARY_DIR}/interlude-host.pc @ONLY)

add_custom_target(host_library ALL DEPENDS ${host_library})
install(FILES ${host_library} TYPE LIB)
install(FILES ${CMAKE_BINARY_DIR}/interlude-host.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES sdk-headers/interlude.h TYPE INCLUDE)
install(DIRECTORY sdk-headers/interlude TYPE INCLUDE)
