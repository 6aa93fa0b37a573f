// Lists of elements that neurons have: values that users give and read.
#pragma once
#include <functional>
#include <optional>

#include "host/engine/plan.h"
#include "host/parameter.h"

namespace ranvier {

/// Values of one member of a list's elements.
struct list_values {
    std::size_t list;
    bool state;
    field_info const* field;
    std::vector<std::vector<double>> values;  // one for all nodes, or one for each

    std::vector<double> const& at(std::int64_t i) const {
        return values[values.size() == 1 ? 0 : std::size_t(i)];
    }
};

/// If `name` is a member of elements; throws wrong_type, wrong_size (not one list for each of n nodes),
/// out_of_range (NaN).
std::optional<list_values> to_list_values(node_model const& m, std::string const& object,
                                          std::string const& name, parameter const& value, std::int64_t n);

/// Records of neurons, as they are to become.
struct neuron_records {
    record_array& params;
    record_array& state;
    list_lengths& lengths;
    std::vector<char> const& connected;  // [node] its receptors are in use, their number stays; may be empty
};

/// Writes lists to the records at positions where(i), i < n, which become longer where needed; `lists` are
/// what one call gives. Parameters have been spread if they differ. Throws before lengths change, but not
/// before records do.
void apply_lists(node_model const& m, std::string const& object, std::vector<list_values> const& lists,
                 neuron_records records, std::int64_t n,
                 std::function<std::int64_t(std::int64_t)> const& where);

/// Records with room for other lengths.
void resize_lists(node_model const& m, neuron_records records, list_lengths const& lengths);

/// The recordable of that name, of neurons with lists of these lengths: x_i of element i, if not of the
/// model.
std::optional<recordable_info> find_recordable(node_model const& m, list_lengths const& lengths,
                                               std::string_view name);
/// All of them, for messages.
std::string recordables_of(node_model const& m, list_lengths const& lengths);

/// Members of elements, for messages.
std::string list_names(node_model const& m);
/// The values of a neuron's elements, if `name` is a member of them.
std::optional<std::vector<double>> read_list(node_model const& m, void const* params, void const* state,
                                             list_lengths const& lengths, std::string_view name);

}  // namespace ranvier
