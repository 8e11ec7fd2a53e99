# SPDX-License-Identifier: MIT
# In a release the server is stripped and its debug information lies beside it, found by gdb through the link.
if(INTERLUDE_HARDEN)
    add_custom_command(TARGET interlude POST_BUILD
        COMMAND ${CMAKE_OBJCOPY} --only-keep-debug $<TARGET_FILE:interlude> $<TARGET_FILE:interlude>.debug
        COMMAND ${CMAKE_STRIP} --strip-all $<TARGET_FILE:interlude>
        COMMAND ${CMAKE_OBJCOPY} --add-gnu-debuglink=$<TARGET_FILE:interlude>.debug $<TARGET_FILE:interlude>
        VERBATIM)
endif()
install(TARGETS interlude RUNTIME)
