# The CUDA kernels: compiled for sm_80 and sm_90 wherever there is a compiler, with or without a GPU. Target ranvier_cuda.
if(RANVIER_CUDA STREQUAL "OFF")
    return()
endif()
find_program(RANVIER_NVCC nvcc HINTS /usr/local/cuda/bin ENV CUDA_PATH PATH_SUFFIXES bin)
if(NOT RANVIER_NVCC)
    if(RANVIER_CUDA STREQUAL "AUTO")
        message(STATUS "CUDA: no nvcc, its kernels are not compiled")
        return()
    endif()
    message(FATAL_ERROR "RANVIER_CUDA is ON, but there is no nvcc: install the CUDA toolkit or set RANVIER_CUDA to OFF")
endif()

# One intermediate code for both chips; results must be the host's bits, so no contraction. Until the GPU backend
# launches them the kernels only have to compile, hence the assembler's quick level, and for the large ones that make
# connections the compiler's. FMT_USE_CONSTEXPR: fmt 9 believes that nvcc has no constexpr, and then contradicts itself.
set(cuda_flags -std=c++20 -fmad=false --expt-relaxed-constexpr --threads 2 -Xptxas -O1 -DFMT_USE_CONSTEXPR=1
    "-gencode=arch=compute_80,code=[sm_80,sm_90]" -Werror all-warnings
    -Xcompiler=-ffp-contract=off,-Wall,-Wextra,-Wno-unknown-pragmas,-Werror)
set(flags_of_smoke_build -Xcicc -O1)
set(cuda_objects "")
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/cuda)
foreach(name smoke smoke_build)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/cuda/${name}.o)
    add_custom_command(OUTPUT ${object}
        COMMAND ${RANVIER_NVCC} ${cuda_flags} ${flags_of_${name}} -I${CMAKE_CURRENT_SOURCE_DIR} -I${generated}
                -MD -MF ${object}.d -c ${CMAKE_CURRENT_SOURCE_DIR}/cuda/${name}.cu -o ${object}
        DEPENDS cuda/${name}.cu DEPFILE ${object}.d COMMENT "CUDA kernels for sm_80 and sm_90: ${name}" VERBATIM)
    list(APPEND cuda_objects ${object})
endforeach()
add_custom_target(ranvier_cuda DEPENDS ${cuda_objects})
