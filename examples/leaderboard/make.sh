#!/usr/bin/env bash
# A leaderboard from nothing, offline: runs, submissions, verification by grading again, a forgery that is refused, the
# site. Every step is a command that submitters and maintainers type. A second call continues where the first ended.
#
#     examples/leaderboard/make.sh [FOLDER [PROBLEMS]]
#
# FOLDER receives everything. PROBLEMS is how many are asked, of the 24 that all recorded models answered.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=${1:-runs/leaderboard}
problems=${2:-24}
data=synthetic-small:48
board=$folder/board # what a leaderboard publishes, for example as a repository
mkdir -p "$folder"/{runs,logs} "$board"/{submissions,attestations,keys}

evaluate() { # MODEL NAME
	tarot-bench evaluate --model "$1" --data $data --limit "$problems" --samples 2 \
		--output "$folder/runs/$2" --resume >"$folder/logs/$2.txt"
}

echo "1. Submitters evaluate their models, and send bundles."
# `gold` answers with the reference solutions, `mutant:P` breaks a share P of them, `replay:FILE` gives recorded answers.
models=(gold mutant:0.1 mutant:0.3 mutant:0.6 mutant:1.0)
# The recordings named `embedded` answer another dataset.
for recording in training_baselines/recordings/{miniature-*,smollm2-135m-{before,after}}.jsonl; do
	models+=("replay:$recording")
done
for model in "${models[@]}"; do
	name=$(basename "${model/:/-}" .jsonl)
	evaluate "$model" "$name"
	about=() # what the submitter says of the model; the site filters by it
	case $model in
	*smollm2*) about=(--parameters 0.135 --open-weights --no-reasoning) ;;
	replay:*) about=(--open-weights --no-reasoning) ;;
	esac
	tarot-bench submit "$folder/runs/$name" --to "$board/submissions" "${about[@]}"
done

echo "2. One of them is forged: a failed test becomes a passed one, and metrics and checksums are made anew."
forged=$folder/runs/forged
if [ ! -d "$forged" ]; then
	cp -r "$folder/runs/mutant-1.0" "$forged"
	sed -i '0,/"WRONG_ANSWER"/s//"PASSED"/' "$forged/tarot/grades.jsonl"
	rm "$forged/summary.json"
fi
evaluate mutant:1.0 forged
tarot-bench submit "$forged" --to "$board/submissions"

echo "3. The maintainer makes a key, grades every bundle again, and signs what was found."
key=$folder/secret/maintainer
[ -f "$key" ] || tarot-bench leaderboard keygen "$key"
cp "$key.pub" "$board/keys"
for bundle in "$board"/submissions/*.zip; do
	name=$(basename "$bundle" .zip)
	attestation=$board/attestations/$name.json
	[ -f "$attestation" ] && continue
	# Exit status 1 says that it is refused; the attestation holds the reasons, and the site lists them.
	tarot-bench verify "$bundle" --data tarot=$data --key "$key" --output "$attestation" \
		>"$folder/logs/verify-$name.txt" || [ $? = 1 ]
done
grep --no-filename '^verdicts:' "$folder"/logs/verify-*.txt

echo "4. Anyone checks who signed, and the site is built."
tarot-bench leaderboard check "$board"/attestations/*.json --keys "$board/keys"
tarot-bench leaderboard build "$board" --output "$folder/site"
