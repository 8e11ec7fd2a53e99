# SPDX-License-Identifier: MIT
# Compiler and linker flags that every target of ours shares: target interlude_flags.
add_library(interlude_flags INTERFACE)
target_include_directories(interlude_flags INTERFACE ${CMAKE_SOURCE_DIR}/core ${CMAKE_SOURCE_DIR}/sdk-headers)
target_compile_definitions(interlude_flags INTERFACE _GNU_SOURCE INTERLUDE_VERSION="${PROJECT_VERSION}")
set(c_only $<COMPILE_LANGUAGE:C>)
target_compile_options(interlude_flags INTERFACE
    "$<${c_only}:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wstrict-prototypes;-Wmissing-prototypes;-Wconversion;-Wvla;-Wformat=2>"
    -g -fno-common -ffunction-sections -fdata-sections -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
target_link_options(interlude_flags INTERFACE -pie -Wl,--gc-sections -Wl,--as-needed -Wl,-z,noexecstack)

if(INTERLUDE_WERROR)
    target_compile_options(interlude_flags INTERFACE $<${c_only}:-Werror>)
endif()

if(CMAKE_BUILD_TYPE STREQUAL Debug)
    target_compile_options(interlude_flags INTERFACE -Og)
endif()

if(INTERLUDE_HARDEN)
    # _FORTIFY_SOURCE needs optimisation; -U first, because distributions may set another level.
    target_compile_options(interlude_flags INTERFACE
        $<${c_only}:-U_FORTIFY_SOURCE> $<${c_only}:-D_FORTIFY_SOURCE=3>
        -fstack-protector-strong -fstack-clash-protection)
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
        target_compile_options(interlude_flags INTERFACE -fcf-protection)
    endif()
    target_link_options(interlude_flags INTERFACE -Wl,-z,relro -Wl,-z,now)
endif()

if(INTERLUDE_SANITIZE)
    target_compile_options(interlude_flags INTERFACE
        -fsanitize=${INTERLUDE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(interlude_flags INTERFACE -fsanitize=${INTERLUDE_SANITIZE})
    if(INTERLUDE_FUZZ)
        target_compile_options(interlude_flags INTERFACE -fsanitize=fuzzer-no-link)
    endif()
endif()
