# SPDX-License-Identifier: MIT
# The libraries the server links: target interlude_libraries; their headers alone: target interlude_headers (a folder of
# core/ compiles against the headers, so that the runner can take base, json and link without any of the libraries).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

add_library(interlude_libraries INTERFACE)
add_library(interlude_headers INTERFACE)
target_link_libraries(interlude_libraries INTERFACE Threads::Threads m)

# find_packaged(name module...): module is a name of pkg-config's.
function(find_packaged name)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${ARGN})
    target_link_libraries(interlude_libraries INTERFACE PkgConfig::${name})
    target_include_directories(interlude_headers SYSTEM INTERFACE ${${name}_INCLUDE_DIRS})
endfunction()

if(INTERLUDE_H2O STREQUAL system)
    find_packaged(H2O libh2o-evloop)
else()
    add_subdirectory(${INTERLUDE_H2O} ${CMAKE_BINARY_DIR}/h2o EXCLUDE_FROM_ALL)
    target_link_libraries(interlude_libraries INTERFACE libh2o-evloop)
    target_include_directories(interlude_headers SYSTEM INTERFACE ${INTERLUDE_H2O}/include)
endif()
target_compile_definitions(interlude_headers INTERFACE H2O_USE_LIBUV=0)

find_packaged(OPENSSL libssl libcrypto)
find_packaged(ZLIB zlib)
find_packaged(SQLITE sqlite3)
find_packaged(SODIUM libsodium)
find_packaged(YAML yaml-0.1)

# Loaded when they are needed (deploy/archive.c, loop/libcurl.c); only their headers are compiled against.
pkg_check_modules(ARCHIVE REQUIRED libarchive)
pkg_check_modules(CURL REQUIRED libcurl)
target_include_directories(interlude_headers SYSTEM INTERFACE ${ARCHIVE_INCLUDE_DIRS} ${CURL_INCLUDE_DIRS})
target_link_libraries(interlude_libraries INTERFACE ${CMAKE_DL_LIBS})

# libev and wslay have no .pc file in Debian; jsmn is one header.
find_library(WSLAY_LIBRARY wslay REQUIRED)
find_library(EV_LIBRARY ev REQUIRED)
find_path(EV_HEADER ev.h REQUIRED)
find_path(JSMN_HEADER jsmn.h REQUIRED)
find_path(WSLAY_HEADER wslay/wslay.h REQUIRED)
target_link_libraries(interlude_libraries INTERFACE ${WSLAY_LIBRARY} ${EV_LIBRARY})
