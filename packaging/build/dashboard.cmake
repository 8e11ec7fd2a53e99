# SPDX-License-Identifier: MIT
# The dashboard: npm ci when its lock file changed, npm run build when a source did. The built files are in
# dashboard_dist; without npm that holds one page that says so, and everything else of the server works. They are put into
# the server by embed-assets, compressed beforehand.
set(dashboard_source ${CMAKE_SOURCE_DIR}/core/dashboard)
set(dashboard_dist ${CMAKE_BINARY_DIR}/dashboard)
set(dashboard_stamp ${CMAKE_BINARY_DIR}/generated/dashboard.stamp)
find_program(NPM npm)

# npm_install(out_variable folder): a rule that installs what the lock file of the folder names; out_variable depends on it.
function(npm_install out folder)
    set(installed ${folder}/node_modules/.package-lock.json) # npm writes it last
    add_custom_command(OUTPUT ${installed}
        COMMAND ${NPM} ci --no-audit --no-fund --loglevel=error
        COMMAND ${CMAKE_COMMAND} -E touch ${installed}
        DEPENDS ${folder}/package-lock.json WORKING_DIRECTORY ${folder} VERBATIM)
    set(${out} ${installed} PARENT_SCOPE)
endfunction()

if(INTERLUDE_DASHBOARD AND NPM AND EXISTS ${dashboard_source}/package-lock.json)
    file(GLOB_RECURSE dashboard_sources CONFIGURE_DEPENDS ${dashboard_source}/src/*)
    list(APPEND dashboard_sources ${dashboard_source}/index.html ${dashboard_source}/package.json
        ${dashboard_source}/tsconfig.json ${dashboard_source}/vite.config.ts)
    npm_install(dashboard_packages ${dashboard_source})
    add_custom_command(OUTPUT ${dashboard_stamp}
        COMMAND ${NPM} run --silent build -- --outDir ${dashboard_dist} --emptyOutDir --logLevel warn
        COMMAND ${CMAKE_COMMAND} -E touch ${dashboard_stamp}
        DEPENDS ${dashboard_packages} ${dashboard_sources} WORKING_DIRECTORY ${dashboard_source} VERBATIM)
else()
    message(STATUS "No npm, or no dashboard sources: the server will show a notice in place of the dashboard")
    add_custom_command(OUTPUT ${dashboard_stamp}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${dashboard_dist}
        COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/packaging/build/notice.html ${dashboard_dist}/index.html
        COMMAND ${CMAKE_COMMAND} -E touch ${dashboard_stamp}
        DEPENDS ${CMAKE_SOURCE_DIR}/packaging/build/notice.html VERBATIM)
endif()

set(assets ${CMAKE_BINARY_DIR}/generated/assets)
add_custom_command(OUTPUT ${assets}/assets.c ${assets}/assets.S
    COMMAND ${CMAKE_SOURCE_DIR}/packaging/build/embed-assets ${dashboard_dist} ${assets}
    DEPENDS ${dashboard_stamp} ${CMAKE_SOURCE_DIR}/packaging/build/embed-assets VERBATIM)
add_library(embedded_dashboard STATIC ${assets}/assets.c ${assets}/assets.S)
target_include_directories(embedded_dashboard PRIVATE ${CMAKE_SOURCE_DIR}/core)
list(APPEND embedded_libraries embedded_dashboard)
