// Memory of a Device, owned.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace ranvier {

template <class Device, class T> class device_array {
  public:
    device_array() = default;
    /// n values; what they are is not defined.
    device_array(Device& device, std::int64_t n) : device_(&device), n_(n) {
        data_ = n > 0 ? static_cast<T*>(device.allocate(std::size_t(n) * sizeof(T))) : nullptr;
    }
    device_array(Device& device, std::vector<T> const& values)
        : device_array(device, std::int64_t(values.size())) {
        device.copy_in(data_, values.data(), values.size() * sizeof(T));
        device.synchronize();
    }
    device_array(device_array&& o) noexcept { swap(o); }
    device_array& operator=(device_array&& o) noexcept {
        device_array taken(std::move(o));
        swap(taken);
        return *this;
    }
    ~device_array() {
        if (data_) device_->free(data_, std::size_t(n_) * sizeof(T));
    }

    T* data() const { return data_; }
    std::int64_t size() const { return n_; }
    std::size_t bytes() const { return std::size_t(n_) * sizeof(T); }
    void zero() { device_->fill_zero(data_, bytes()); }
    void write(std::vector<T> const& values) {
        device_->copy_in(data_, values.data(), values.size() * sizeof(T));
        device_->synchronize();
    }
    std::vector<T> read(std::int64_t begin, std::int64_t end) const {
        std::vector<T> values(std::size_t(end - begin));
        device_->copy_out(values.data(), data_ + begin, values.size() * sizeof(T));
        device_->synchronize();
        return values;
    }
    std::vector<T> read() const { return n_ ? read(0, n_) : std::vector<T>{}; }

  private:
    void swap(device_array& o) noexcept {
        std::swap(device_, o.device_);
        std::swap(data_, o.data_);
        std::swap(n_, o.n_);
    }
    Device* device_ = nullptr;
    T* data_ = nullptr;
    std::int64_t n_ = 0;
};

}  // namespace ranvier
