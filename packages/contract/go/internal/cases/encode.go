// Package cases has the cases of the vectors. What Go makes of them is computed, never typed.
package cases

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"time"

	contract "upgrade-halt.dev/contract"
	"upgrade-halt.dev/contract/internal/wire"
)

// Encode is one intent and the bytes of json.Marshal for it.
type Encode struct {
	Name   string     `json:"name"`
	Input  wire.Input `json:"input"`
	Output string     `json:"output,omitempty"`
	Error  string     `json:"error,omitempty"`
	// Refused is set where a strict writer refuses what Go writes: the code of its error.
	Refused string `json:"refused,omitempty"`
}

const (
	plan  = "v6.7"
	minor = `{"upgradeType":"minor"}`
	at    = "2026-08-21T17:59:41.12Z"
)

func units(text string) []uint16 { return wire.ToUTF16(text) }

func whole() wire.Input {
	return wire.Input{
		Reason:       70,
		ReasonString: contract.UpgradeRequired.String(),
		PlanName:     units(plan),
		Height:       240_000_000,
		Info:         units(minor),
		AnnouncedAt:  at,
	}
}

func changed(name string, change func(*wire.Input)) Encode {
	input := whole()
	change(&input)
	return Encode{Name: name, Input: input}
}

func info(name string, info ...uint16) Encode {
	return changed(name, func(in *wire.Input) { in.Info = info })
}

func announcedAt(name, at string) Encode {
	return changed(name, func(in *wire.Input) { in.AnnouncedAt = at })
}

func height(name string, height int64) Encode {
	return changed(name, func(in *wire.Input) { in.Height = height })
}

func reason(name string, reason int64, token string) Encode {
	return changed(name, func(in *wire.Input) { in.Reason, in.ReasonString = reason, token })
}

func control() []uint16 {
	var all []uint16
	for unit := range uint16(0x20) {
		all = append(all, unit)
	}
	return append(all, 0x7f, 0x80, 0x9f)
}

func chosen() []Encode {
	return []Encode{
		changed("the whole intent", func(*wire.Input) {}),
		changed("71 without height or info", func(in *wire.Input) {
			in.Reason, in.ReasonString, in.Height, in.Info = 71, contract.BinaryTooNew.String(), 0, units("")
		}),
		changed("72", func(in *wire.Input) {
			in.Reason, in.ReasonString, in.PlanName = 72, contract.DowngradeDetected.String(), units("v6.6")
			in.Height, in.Info = 0, units("")
		}),
		changed("empty fields are left out", func(in *wire.Input) {
			in.PlanName, in.Height, in.Info = units(""), 0, units("")
		}),
		reason("a reason of the upgrade range", 73, "chain_id_mismatch"),
		reason("a reason of the operator range", 80, "halt_height"),
		reason("a negative reason", -1, "x"),
		reason("the largest safe reason", 1<<53-1, "x"),
		reason("reason 0, which no producer sends", 0, contract.Unknown.String()),
		reason("an empty token", 70, ""),
		reason("a token to escape", 90, "<&> ß"),
		info("html characters", units(`<a href="x">&</a>`)...),
		info("line and paragraph separators and their neighbours", 'a', 0x2027, 0x2028, 0x2029, 0x202a),
		info("every control character, DEL and C1", control()...),
		info("quote, backslash, slash", units(`"\/`)...),
		info("an escape that is text", units(`\u003c \ud800 \n`)...),
		changed("non-ASCII raw", func(in *wire.Input) { in.PlanName = units("v6.7-ß-漢-🚀") }),
		info("the edges of the planes", units("\u007f\u0080\u07ff\u0800\ud7ff\ue000\ufeff\uffff\U00010000\U0010ffff")...),
		info("replacement character", 0xfffd),
		info("a lone high surrogate", 0xd83d),
		info("a lone low surrogate", 0xde80),
		info("surrogates the wrong way round", 0xde80, 0xd83d),
		info("a high surrogate before a pair", 'a', 0xd83d, 0xd83d, 0xde80, 'b'),
		info("a low surrogate after a pair", 0xd83d, 0xde80, 0xde80, '<'),
		info("a lone surrogate beside an escape", '\\', 0xd800, '\\', 'u', 'd', '8', '0', '0'),
		height("largest safe height", 1<<53-1),
		height("negative height", -1),
		height("smallest safe height", 1-1<<53),
		announcedAt("no fraction", "2026-08-21T17:59:41Z"),
		announcedAt("a fraction of zeros", "2026-08-21T17:59:41.000Z"),
		announcedAt("trailing zeros", "2026-08-21T17:59:40.120000000Z"),
		announcedAt("nine digits", "2026-08-21T17:59:41.123456789Z"),
		announcedAt("one nanosecond", "2026-08-21T17:59:41.000000001Z"),
		announcedAt("29 February", "2024-02-29T23:59:59Z"),
		announcedAt("29 February of year 0", "0000-02-29T00:00:00Z"),
		announcedAt("year 1", "0001-01-01T00:00:00Z"),
		announcedAt("year 9999", "9999-12-31T23:59:59.999999999Z"),
		announcedAt("year 10000", "10000-01-01T00:00:00Z"),
		announcedAt("year -1", "-0001-01-01T00:00:00Z"),
		refusedTime("a time that is not in UTC", "2026-08-21T19:59:41.12+02:00"),
		refusedTime("an offset of nothing", "2026-08-21T17:59:41.12+00:00"),
		refusedTime("ten fraction digits", "2026-08-21T17:59:41.1234567891Z"),
		refusedTime("a comma fraction", "2026-08-21T17:59:41,5Z"),
	}
}

// refusedTime is a text that Go reads as a time and writes, and a writer of the contract refuses.
func refusedTime(name, at string) Encode {
	c := announcedAt(name, at)
	c.Refused = "invalid_announced_at"
	return c
}

// Encodes gives the chosen cases and n random ones, with what Go makes of each.
func Encodes(seed int64, n int) ([]Encode, error) {
	random := rand.New(rand.NewSource(seed))
	all := chosen()
	for i := range n {
		all = append(all, Encode{Name: fmt.Sprintf("random %d", i), Input: RandomInput(random)})
	}
	for i := range all {
		intent, err := all[i].Input.Intent()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].Name, err)
		}
		output, err := json.Marshal(intent)
		if err != nil {
			all[i].Error = err.Error()
		}
		all[i].Output = string(output)
	}
	return all, nil
}

var awkward = []uint16{
	0, 8, 9, 10, 12, 13, 0x1f, ' ', '"', '&', '/', '<', '>', '\\', 'a', 'u', 0x7f, 0x80, 0xe9, 0x2027, 0x2028, 0x2029,
	0x202a, 0xd7ff, 0xd800, 0xd83d, 0xdbff, 0xdc00, 0xde80, 0xdfff, 0xe000, 0xfeff, 0xfffd, 0xffff,
}

func randomUnits(random *rand.Rand, longest int) []uint16 {
	all := []uint16{}
	for range random.Intn(longest + 1) {
		if random.Intn(2) == 0 {
			all = append(all, awkward[random.Intn(len(awkward))])
		} else {
			all = append(all, uint16(' '+random.Intn(95)))
		}
	}
	return all
}

// RandomInput makes an intent that both languages write, heavy in what needs escaping.
func RandomInput(random *rand.Rand) wire.Input {
	known := contract.Reasons[1+random.Intn(len(contract.Reasons)-1)]
	input := wire.Input{Reason: int64(known), ReasonString: known.String()}
	if random.Intn(8) == 0 {
		input.Reason, input.ReasonString = int64(73+random.Intn(40)), "of_another_release"
	}
	input.PlanName = randomUnits(random, 12)
	input.Info = randomUnits(random, 40)
	if random.Intn(4) > 0 {
		input.Height = random.Int63n(1 << 53)
	}
	seconds := random.Int63n(253_402_300_800+62_167_219_200) - 62_167_219_200
	digits := []int64{1e9, 1e8, 1e6, 1e3, 1}[random.Intn(5)]
	input.AnnouncedAt = time.Unix(seconds, random.Int63n(1e9)/digits*digits).UTC().Format(time.RFC3339Nano)
	return input
}
