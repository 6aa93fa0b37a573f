// The GPU as a Device (host/engine/): memory, copies, launches, graphs. Together with cuda_team.cuh and
// backend.cu all the CUDA syntax there is.
#pragma once
#include <cuda_runtime.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cuda/cuda_team.cuh"
#include "host/engine/arena.h"
#include "host/error.h"

namespace ranvier {

/// Throws backend_error unless the call succeeded.
inline void check_cuda(cudaError_t e, char const* what) {
    if (e == cudaSuccess) return;
    cudaGetLastError();  // or the next launch would report it again
    throw backend_error({"CUDA", what, cudaGetErrorName(e), cudaGetErrorString(e),
                         "the network cannot go on: make a new one, or use the backend cpu"});
}

class cuda_device {
  public:
    struct settings {
        int index = 0;
        std::int64_t memory_limit = 0;  // bytes; 0: what is free
        bool profile = false;           // measure phases; without graphs, hence slower
    };
    explicit cuda_device(settings const& s)
        : settings_(s),
          arena_([](std::size_t bytes) { return get_chunk(bytes); }, [](void* p) { cudaFree(p); }) {
        use();
        cudaDeviceProp properties{};
        check_cuda(cudaGetDeviceProperties(&properties, s.index), "cudaGetDeviceProperties");
        multiprocessors_ = properties.multiProcessorCount;
        name_ = properties.name;
        check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate");
    }
    ~cuda_device() {
        cudaSetDevice(settings_.index);
        cudaStreamSynchronize(stream_);
        for (auto const e : events_) cudaEventDestroy(e);
        cudaStreamDestroy(stream_);
    }
    cuda_device(cuda_device const&) = delete;

    static constexpr char name[] = "cuda";
    static constexpr bool one_lane = false, immediate = false;
    static constexpr int row_teams = cuda_team::lanes / 32;
    static constexpr std::int64_t events_at_once = std::int64_t{1} << 23;  // 128 MiB of spikes
    std::string description() const { return name_; }
    std::int64_t bytes() const { return std::int64_t(arena_.used()); }
    int concurrency() const { return multiprocessors_; }
    /// One for every multiprocessor, but rows that keep the lanes of a warp busy.
    std::int64_t partitions_for(std::int64_t neurons) const {
        return std::min<std::int64_t>(multiprocessors_, neurons / 128 + 1);
    }
    std::int64_t available() const {
        use();
        std::size_t free = 0, total = 0;
        check_cuda(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
        auto const there = std::int64_t(free + arena_.unused());
        return settings_.memory_limit > 0
                   ? std::min(there, settings_.memory_limit - std::int64_t(arena_.used()))
                   : there;
    }
    std::int64_t slices_at_once() const { return 64; }

    void* allocate(std::size_t bytes) {
        if (bytes == 0) return nullptr;
        use();
        auto const limit = settings_.memory_limit;
        void* p = nullptr;
        if (limit == 0 || std::int64_t(arena_.used() + bytes) <= limit) p = arena_.allocate(bytes);
        if (!p)
            throw out_of_memory(
                {"GPU memory", "needed", std::to_string(bytes) + " bytes",
                 std::to_string(std::max<std::int64_t>(available(), 0)) + " bytes are available",
                 "make the network smaller, or use the backend cpu"});
        return p;
    }
    /// Work that has been queued may still use it: the stream is waited for.
    void free(void* p, std::size_t bytes) {
        if (!p) return;
        cudaSetDevice(settings_.index);
        cudaStreamSynchronize(stream_);
        arena_.free(p, bytes);
    }
    void copy_in(void* device, void const* host, std::size_t n) {
        if (n == 0) return;
        use();
        check_cuda(cudaMemcpyAsync(device, host, n, cudaMemcpyHostToDevice, stream_), "copy to the GPU");
    }
    void copy_out(void* host, void const* device, std::size_t n) {
        if (n == 0) return;
        use();
        check_cuda(cudaMemcpyAsync(host, device, n, cudaMemcpyDeviceToHost, stream_), "copy from the GPU");
    }
    void fill_zero(void* device, std::size_t n) {
        if (n == 0) return;
        use();
        check_cuda(cudaMemsetAsync(device, 0, n, stream_), "cudaMemset");
    }
    void synchronize() {
        use();
        check_cuda(cudaStreamSynchronize(stream_), "cudaStreamSynchronize");
        take_laps();
    }
    /// Every block of `launch` gets this much, of launch_rows none.
    void reserve_scratch(std::size_t bytes) {
        scratch_bytes_ = std::max(scratch_bytes_, (bytes + 63) / 64 * 64);
    }
    template <class K, class... A> void launch(int teams, K kernel, A... args) {
        auto const needed = std::size_t(teams) * scratch_bytes_;
        if (needed > scratch_size_) {
            if (scratch_) free(scratch_, scratch_size_);
            scratch_size_ = 0;
            scratch_ = static_cast<std::byte*>(allocate(needed));
            scratch_size_ = needed;
        }
        if (teams == 0) return;
        use();
        run_kernel<<<unsigned(teams), cuda_team::lanes, 0, stream_>>>(kernel, scratch_, scratch_bytes_,
                                                                      args...);
        check_cuda(cudaGetLastError(), "launch");
    }
    /// So many blocks share the rows of each team that the GPU is full.
    template <class K, class... A> void launch_rows(int teams, K kernel, A... args) {
        if (teams == 0) return;
        auto const blocks = multiprocessors_ * rounds * cuda_team::row_blocks;
        auto const shares = unsigned(std::max(1, blocks / teams));
        use();
        run_rows<<<unsigned(teams) * shares, cuda_team::row_lanes, 0, stream_>>>(kernel, shares, args...);
        check_cuda(cudaGetLastError(), "launch");
    }

    /// Work as a graph.
    class program {
      public:
        program() = default;
        program(program&& o) noexcept : graph_(std::exchange(o.graph_, nullptr)) {}
        program& operator=(program&& o) noexcept {
            std::swap(graph_, o.graph_);
            return *this;
        }
        ~program() {
            if (graph_) cudaGraphExecDestroy(graph_);
        }

      private:
        friend cuda_device;
        cudaGraphExec_t graph_ = nullptr;
    };
    /// The first time the work is queued as it is: what it needs for the first time is made then.
    template <class F> void repeat(program& p, int times, F queue) {
        if (times > 0 && !p.graph_) {
            queue();
            --times;
        }
        if (settings_.profile || times == 0) {
            for (int i = 0; i < times; ++i) queue();
            return;
        }
        if (!p.graph_) record(p, queue);
        for (int i = 0; i < times; ++i) check_cuda(cudaGraphLaunch(p.graph_, stream_), "cudaGraphLaunch");
    }

    /// With settings.profile, times between laps on the GPU; else nothing.
    void start_laps() {
        if (settings_.profile) mark(nullptr);
    }
    void lap(double& seconds) {
        if (settings_.profile) mark(&seconds);
    }

  private:
    static constexpr int rounds = 3;  // of blocks that share rows: so their lengths even out

    void use() const { check_cuda(cudaSetDevice(settings_.index), "cudaSetDevice"); }
    static void* get_chunk(std::size_t bytes) {
        void* p = nullptr;
        if (cudaMalloc(&p, bytes) == cudaSuccess) return p;
        cudaGetLastError();
        return nullptr;
    }
    template <class F> void record(program& p, F queue) {
        check_cuda(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal),
                   "cudaStreamBeginCapture");
        cudaGraph_t graph = nullptr;
        try {
            queue();
        } catch (...) {
            cudaStreamEndCapture(stream_, &graph);
            if (graph) cudaGraphDestroy(graph);
            throw;
        }
        check_cuda(cudaStreamEndCapture(stream_, &graph), "cudaStreamEndCapture");
        auto const made = cudaGraphInstantiate(&p.graph_, graph, 0);
        cudaGraphDestroy(graph);
        check_cuda(made, "cudaGraphInstantiate");
    }
    void mark(double* seconds) {
        if (laps_.size() == events_.size()) {
            cudaEvent_t e = nullptr;
            check_cuda(cudaEventCreate(&e), "cudaEventCreate");
            events_.push_back(e);
        }
        check_cuda(cudaEventRecord(events_[laps_.size()], stream_), "cudaEventRecord");
        laps_.push_back(seconds);
    }
    void take_laps() {
        for (std::size_t i = 1; i < laps_.size(); ++i) {
            float ms = 0;
            check_cuda(cudaEventElapsedTime(&ms, events_[i - 1], events_[i]), "cudaEventElapsedTime");
            if (laps_[i]) *laps_[i] += 1e-3 * double(ms);
        }
        laps_.clear();
    }

    settings settings_;
    arena arena_;
    int multiprocessors_ = 0;
    std::string name_;
    cudaStream_t stream_ = nullptr;
    std::byte* scratch_ = nullptr;
    std::size_t scratch_bytes_ = 0, scratch_size_ = 0;
    std::vector<cudaEvent_t> events_;
    std::vector<double*> laps_;  // of each event: what the time since the one before is added to
};

}  // namespace ranvier
