#!/usr/bin/env bash
# Everything that only a machine with a GPU can tell, in one call of under 10 minutes: all tests on CUDA, the same hashes
# as the CPU, compute-sanitizer on small tests, and benchmarks with the time of each kernel. Ends with a table; what
# failed is said there and in the exit status.
#
#   bench/gpu_check.sh [--build DIR] [--out DIR] [--quick] [PART...]
#
# PART: tests parity sanitizer benchmarks; default: all. --build DIR: a build tree made before, not touched;
# else build/gpu-check is built. --out: where the JSON files and logs go, default bench/results/<GPU>.
# --quick: no scale above 1. See docs/gpu.md.
set -uo pipefail
cd "$(dirname "$0")/.."
build="" out="" quick="" parts=""
while [ $# -gt 0 ]; do
    case "$1" in
        --build) build=$2; shift 2 ;;
        --out) out=$2; shift 2 ;;
        --quick) quick=1; shift ;;
        *) parts="$parts $1"; shift ;;
    esac
done
parts="${parts:-tests parity sanitizer benchmarks}"
gpu="$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1)"
[ -n "$gpu" ] || { echo "gpu_check: there is no GPU (nvidia-smi says nothing)" >&2; exit 2; }
out="${out:-bench/results/$(echo "$gpu" | tr ' ' '_')}"
mkdir -p "$out"
out="$(cd "$out" && pwd)"
jobs="$(nproc)"
began=$SECONDS
failed=0
table=""
note() { table="$table$(printf '%-44s %-7s %s' "$1" "$2" "${3:-}")"$'\n'; [ "$2" = ok ] || failed=1; echo "$1: $2 ${3:-} ($((SECONDS - began)) s)"; }
wanted() { case " $parts " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

if [ -z "$build" ]; then
    build=build/gpu-check
    if cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DRANVIER_CUDA=ON -DCMAKE_CUDA_ARCHITECTURES=native \
        >"$out/build.log" 2>&1 && cmake --build "$build" -j "$jobs" >>"$out/build.log" 2>&1; then
        note build ok
    else
        note build FAILED "$out/build.log"
        printf '%s' "$table"
        exit 1
    fi
fi
hpc="$build/bench/hpc_benchmark"
field() { python3 -c 'import json,sys
x = json.load(open(sys.argv[1]))
for k in sys.argv[2].split("."): x = x[k]
print(f"{x:.4g}" if isinstance(x, float) else x)' "$1" "$2"; }
hashes() { grep -E '^(spikes|weights|state) [0-9a-f]{16}$' "$1"; }

if wanted tests; then
    tests=0 bad=""
    too_long='*/parity.holds_however_it_runs/long_delays'  # five runs with slices of one step for seconds
    for t in "$build"/tests/test_cuda_* "$build"/tests/test_network "$build"/tests/test_reference_*; do
        [ -x "$t" ] && [ -f "$t" ] || continue
        name="$(basename "$t")"
        parts=1
        [ "$name" != test_network ] || parts=12
        for part in $(seq 0 $((parts - 1))); do
            tests=$((tests + 1))
            ( cd "$build/tests" && GTEST_TOTAL_SHARDS=$parts GTEST_SHARD_INDEX=$part RANVIER_BACKEND=cuda timeout 200 \
                "./$name" --gtest_brief=1 --gtest_filter="-$too_long" >"$out/$name.$part.log" 2>&1
              echo $? >"$out/$name.$part.rc" ) &
            [ $((tests % 6)) = 0 ] && wait
        done
    done
    wait
    passed=0
    for f in "$out"/test_*.rc; do
        name="$(basename "$f" .rc)"
        [ "$(cat "$f")" = 0 ] || bad="$bad $name"
        n="$(grep -oE '\[  PASSED  \] [0-9]+' "$out/$name.log" | grep -oE '[0-9]+')"
        passed=$((passed + ${n:-0}))
        rm -f "$f"
    done
    if [ -z "$bad" ] && [ "$passed" -gt 0 ]; then note "tests on CUDA" ok "$passed passed"; else note "tests on CUDA" FAILED "$passed passed; failed:$bad"; fi
fi

if wanted parity; then
    same() {  # name, program, options...: the same hashes on CPU and GPU
        local name=$1
        shift
        "$@" --quiet --no-raster --backend cpu >"$out/$name.cpu" 2>&1 &
        "$@" --quiet --no-raster --backend cuda >"$out/$name.cuda" 2>&1
        wait
        if [ -n "$(hashes "$out/$name.cuda")" ] && [ "$(hashes "$out/$name.cpu")" = "$(hashes "$out/$name.cuda")" ]; then
            note "same hashes: $name" ok "$(hashes "$out/$name.cuda" | cut -d' ' -f2 | cut -c1-6 | tr '\n' ' ')"
            rm -f "$out/$name.cpu" "$out/$name.cuda"
        else
            note "same hashes: $name" FAILED "$out/$name.cpu, $out/$name.cuda"
        fi
    }
    same hpc_benchmark_0.1 "$hpc" --scale 0.1
    same hpc_benchmark_1 "$hpc" --scale 1
    for neuron in iaf_psc_alpha ignore_and_fire; do
        same "two_population_stdp_$neuron" "$build/bench/two_population_stdp" --neuron-model "$neuron"
    done
fi

if wanted sanitizer; then
    for tool in memcheck racecheck; do
        log="$out/$tool.log"
        # racecheck is slow: one network with every kind of rule.
        tests='*is_worth_comparing/rules'
        [ $tool = racecheck ] || tests="$tests:*is_worth_comparing/all_models"
        ( cd "$build/tests" && RANVIER_BACKEND=cuda timeout 150 compute-sanitizer --tool $tool --error-exitcode 9 \
            ./test_network --gtest_filter="$tests" ) >"$log" 2>&1
        rc=$?
        summary="$(grep -E 'ERROR SUMMARY|RACECHECK SUMMARY|SUMMARY' "$log" | tail -n 1 | sed 's/=* *//')"
        if [ $rc = 0 ]; then note "compute-sanitizer $tool" ok "$summary"; else note "compute-sanitizer $tool" FAILED "$summary ($log)"; fi
    done
fi

if wanted benchmarks; then
    "$build/bench/gpu_bandwidth" >"$out/bandwidth.json" 2>"$out/bandwidth.log" &&
        note "memory bandwidth" ok "$(field "$out/bandwidth.json" copy_bytes_per_second) B/s copied, $(field "$out/bandwidth.json" reductions_per_second) reductions/s"
    for scale in 1 $([ -n "$quick" ] || echo 10); do
        f="$out/hpc_benchmark_scale_$scale"
        for mode in plain profile; do
            "$hpc" --scale "$scale" --no-raster --backend cuda $([ $mode = plain ] || echo --profile) \
                --json "$f.$mode.json" >"$f.$mode.log" 2>&1
            if [ $? = 0 ]; then
                note "hpc_benchmark scale $scale, $mode" ok "built in $(field "$f.$mode.json" build_seconds) s, real-time factor $(field "$f.$mode.json" real_time_factor), $(field "$f.$mode.json" synaptic_events_per_second) events/s"
            else
                note "hpc_benchmark scale $scale, $mode" FAILED "$f.$mode.log"
            fi
        done
    done
    if [ -z "$quick" ]; then
        # The largest that fits: about 6.9 bytes for each of scale * 126.6 million synapses.
        free="$(nvidia-smi --query-gpu=memory.free --format=csv,noheader,nounits | head -n 1)"
        scale=$((free * 1048576 / 1000000 / 960))
        f="$out/hpc_benchmark_largest"
        if "$hpc" --scale "$scale" --presim 10 --simtime 50 --no-raster --backend cuda --json "$f.json" >"$f.log" 2>&1; then
            note "hpc_benchmark scale $scale, the largest" ok "built in $(field "$f.json" build_seconds) s, real-time factor $(field "$f.json" real_time_factor)"
        else
            note "hpc_benchmark scale $scale, the largest" FAILED "$(tail -n 1 "$f.log")"
        fi
    fi
fi

printf '\n%s, %d s\n%s' "$gpu" $((SECONDS - began)) "$table" | tee "$out/summary.txt"
# One file of all figures: what each program printed, and the table.
python3 - "$out" <<'END'
import glob, json, os, sys
out = sys.argv[1]
results = {}
for f in sorted(glob.glob(os.path.join(out, "*.json"))):
    name = os.path.basename(f)[:-5]
    if name != "gpu_check":
        results[name] = json.load(open(f))
        os.remove(f)
results["checks"] = [line.strip() for line in open(os.path.join(out, "summary.txt")) if line.strip()]
os.remove(os.path.join(out, "summary.txt"))
json.dump(results, open(os.path.join(out, "gpu_check.json"), "w"), indent=1)
END
exit $failed
