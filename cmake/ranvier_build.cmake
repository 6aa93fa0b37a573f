# Flags that every translation unit of Ranvier shares. Results must be the same bits whatever the compiler:
# no contraction, no fast-math; both are part of the interface, because models are headers.
set(ranvier_processor -march=x86-64-v3)
if(RANVIER_NATIVE)
    set(ranvier_processor -march=native)
    # Compilers that are older than a processor take it for an earlier one, and by themselves use half its vectors.
    if(EXISTS /proc/cpuinfo)
        file(STRINGS /proc/cpuinfo features REGEX "^flags" LIMIT_COUNT 1)
        set(wide TRUE)
        foreach(feature f bw cd dq vl)
            if(NOT features MATCHES " avx512${feature}( |$)")
                set(wide FALSE)
            endif()
        endforeach()
        if(wide)
            set(ranvier_processor -march=x86-64-v4 -mtune=native -mprefer-vector-width=512)
        endif()
    endif()
    string(REPLACE ";" " " shown "${ranvier_processor}")
    message(STATUS "RANVIER_NATIVE: ${shown}")
endif()
add_library(ranvier_flags INTERFACE)
target_compile_features(ranvier_flags INTERFACE cxx_std_20)
target_compile_options(ranvier_flags INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off -fno-math-errno -fno-trapping-math -fopenmp-simd>
    $<$<COMPILE_LANGUAGE:CXX>:${ranvier_processor}>)

if(RANVIER_SANITIZE)
    # Without the checks of every access and of every sum of pointers, which take more time to compile than all
    # the others. (A null access traps without them, and the address sanitizer sees where a pointer ends up.)
    target_compile_options(ranvier_flags INTERFACE -fsanitize=${RANVIER_SANITIZE} -fno-omit-frame-pointer
                           -fno-sanitize-recover=all -fno-sanitize=null,alignment,pointer-overflow)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")  # as g++ says it; tests/fibers.h asks
        foreach(kind address thread)
            if(RANVIER_SANITIZE MATCHES ${kind})
                string(TOUPPER "__SANITIZE_${kind}__" macro)
                target_compile_definitions(ranvier_flags INTERFACE ${macro})
            endif()
        endforeach()
    endif()
    target_link_options(ranvier_flags INTERFACE -fsanitize=${RANVIER_SANITIZE})
endif()

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3")  # assertions of internal contracts are RANVIER_ASSERT, on in Debug
set(CMAKE_CXX_EXTENSIONS OFF)

# Warnings for our own translation units only; consumers of the headers choose theirs.
function(ranvier_warnings target)
    target_compile_options(${target} PRIVATE
        $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wno-unknown-pragmas $<$<BOOL:${RANVIER_WERROR}>:-Werror>>
        $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>)  # of a loop that is asked to be vectorised
endfunction()
