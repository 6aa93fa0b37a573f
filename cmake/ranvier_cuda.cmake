# The GPU backend, compiled for sm_80 and sm_90 wherever there is a compiler, with or without a GPU; otherwise a stub
# that says so.
set(ranvier_has_cuda FALSE)
if(NOT RANVIER_CUDA STREQUAL "OFF")
    find_program(RANVIER_NVCC nvcc HINTS /usr/local/cuda/bin ENV CUDA_PATH PATH_SUFFIXES bin)
    if(RANVIER_NVCC)
        set(ranvier_has_cuda TRUE)
    elseif(RANVIER_CUDA STREQUAL "AUTO")
        message(STATUS "CUDA: no nvcc, no GPU backend")
    else()
        message(FATAL_ERROR "RANVIER_CUDA is ON, but there is no nvcc: install the CUDA toolkit or set RANVIER_CUDA to OFF")
    endif()
endif()
if(NOT ranvier_has_cuda)
    target_sources(ranvier PRIVATE cuda/no_cuda.cpp)
    return()
endif()

set(CMAKE_CUDA_COMPILER ${RANVIER_NVCC})
if(CMAKE_CUDA_ARCHITECTURES)
    set(ranvier_gpus "")
    list(GET CMAKE_CUDA_ARCHITECTURES -1 newest)
else()  # one pass of the compiler, in the instructions that both have, and the assembler's for each
    set(CMAKE_CUDA_ARCHITECTURES OFF)
    set(ranvier_gpus "--generate-code=arch=compute_80,code=[sm_80,sm_90]")
    set(newest 90)
endif()
set(CMAKE_CUDA_FLAGS_RELEASE "-O3")
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 does not know that newer nvcc have it
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
    list(APPEND CMAKE_CUDA_COMPILE_FEATURES cuda_std_20)
endif()
set(CMAKE_CUDA_STANDARD 20)
find_package(CUDAToolkit REQUIRED)
ranvier_blocks(cuda_device cuda/cuda_device.cuh cu cuda_sources)

# Results must be the host's bits: no contraction. FMT_USE_CONSTEXPR: fmt 9 believes that nvcc has no constexpr, and
# then contradicts itself.
add_library(ranvier_cuda_flags INTERFACE)
target_include_directories(ranvier_cuda_flags INTERFACE ${PROJECT_SOURCE_DIR} ${generated})
target_compile_definitions(ranvier_cuda_flags INTERFACE FMT_USE_CONSTEXPR=1)

target_compile_options(ranvier_cuda_flags INTERFACE ${ranvier_gpus} -fmad=false --expt-relaxed-constexpr
    -Xcompiler=-ffp-contract=off,-Wall,-Wextra,-Wno-unknown-pragmas
    $<$<BOOL:${RANVIER_WERROR}>:SHELL:-Werror all-warnings -Xcompiler=-Werror>)
add_library(ranvier_cuda OBJECT cuda/backend.cu ${cuda_sources})
target_link_libraries(ranvier_cuda PRIVATE ranvier_cuda_flags fmt::fmt)
set_target_properties(ranvier_cuda PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_sources(ranvier PRIVATE $<TARGET_OBJECTS:ranvier_cuda>)
set_target_properties(ranvier PROPERTIES CUDA_ARCHITECTURES "${CMAKE_CUDA_ARCHITECTURES}")  # it is older than the language
target_link_libraries(ranvier PRIVATE CUDA::cudart_static)

# Registers, stack, shared memory of every kernel, and a check that nothing was contracted.
find_package(Python3 QUIET COMPONENTS Interpreter)
if(Python3_FOUND)
    add_custom_target(cuda_kernels
        COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cuda/kernels.py sm_${newest} $<TARGET_OBJECTS:ranvier_cuda>
        DEPENDS ranvier_cuda COMMAND_EXPAND_LISTS VERBATIM)
endif()
