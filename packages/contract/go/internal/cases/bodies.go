package cases

// The rules by which a reader of the contract differs from Go, as docs/protocol.md names them.
const (
	decimalString = "decimal-string"
	numberForm    = "number-form"
	fieldDamage   = "field-damage"
	noReason      = "no-reason"
	safeIntegers  = "safe-integers"
	timeForm      = "time-form"
	contradiction = "contradiction"
	exactNames    = "exact-names"
	lastValue     = "last-value"
	escapedTime   = "escaped-time"
	notUTF8       = "not-utf-8"
	bodyLimits    = "body-limits"
	nullIntent    = "null-intent"
)

const (
	at70     = `{"reason":70,"announced_at":"` + at + `"}`
	timeOf   = `"announced_at":"` + at + `"`
	tokenOf  = `"reason_string":"upgrade_required"`
	just70   = `{"reason":70}`
	negative = `{"reason":-70}`
)

func bodies() []Decode {
	var all []Decode
	for _, some := range [][]Decode{
		agreements(), numbers(), damages(), names(), times(), mangledBodies(), wholes(),
	} {
		all = append(all, some...)
	}
	return all
}

func agreements() []Decode {
	return []Decode{
		same("the whole intent", `{"reason":70,"reason_string":"upgrade_required","plan_name":"v6.7","height":240000000,"info":"{\"upgradeType\":\"minor\"}",`+timeOf+`}`),
		same("fields in another order, with spaces", ` { "info" : "x" ,`+"\n\t\r"+timeOf+`, "height" : 5 , "reason" : 71 } `),
		same("the reason alone", just70),
		same("an unknown field", `{"reason":70,"x":{"y":[1]},`+timeOf+`}`),
		same("unknown fields", `{"reason":70,"x":{"reason":71,"y":[1]},"heights":1,`+timeOf+`}`),
		same("null fields", `{"reason":70,"plan_name":null,"height":null,"info":null,`+timeOf+`}`),
		same("every field but the reason null", `{"reason":70,"reason_string":null,"plan_name":null,"height":null,"info":null,"announced_at":null}`),
		same("empty fields", `{"reason":70,"reason_string":"","plan_name":"","height":0,"info":""}`),
		same("prototype keys", `{"reason":70,"__proto__":{"reason":71},"constructor":1,`+timeOf+`}`),
		same("a reason of a later release", `{"reason":73,"reason_string":"chain_id_mismatch"}`),
		same("a reason of the operator range", `{"reason":80,"reason_string":"halt_height"}`),
		same("a reason outside of every range", `{"reason":255,"reason_string":"other"}`),
		same("a negative reason", negative),
		same("words for a known reason", `{"reason":70,"reason_string":"upgrade required"}`),
		same("escapes", `{"reason":70,"info":"\u003c\u2028\b\f\/\"\\\ud83d\ude80"}`),
		same("an escaped name", `{"re\u0061son":70}`),
		same("a lone surrogate escape", `{"reason":70,"info":"\ud800",`+timeOf+`}`),
		same("a lone surrogate escape inside of a text", `{"reason":70,"info":"a\ud800b"}`),
		same("surrogate escapes the wrong way round", `{"reason":70,"info":"\ude80\ud83d"}`),
		same("a real U+FFFD", "{\"reason\":70,\"info\":\"\ufffd\"}"),
		same("largest safe height", `{"reason":70,"height":9007199254740991}`),
		same("negative height", `{"reason":70,"height":-1}`),
		same("height -0", `{"reason":70,"height":-0}`),
	}
}

func numbers() []Decode {
	return []Decode{
		differs(decimalString, "reason as a string", `{"reason":"70",`+tokenOf+`,`+timeOf+`}`, halt(`{"reason":70,`+tokenOf+`,`+timeOf+`}`)),
		differs(decimalString, "height as a string", `{"reason":70,`+tokenOf+`,"height":"240000000",`+timeOf+`}`, halt(`{"reason":70,`+tokenOf+`,"height":240000000,`+timeOf+`}`)),
		differs(decimalString, "height as a string, 0", `{"reason":70,"height":"0"}`, halt(just70)),
		differs(decimalString, "height as a string, negative", `{"reason":70,"height":"-1"}`, halt(`{"reason":70,"height":-1}`)),
		differs(decimalString, "height as a string with a leading zero", `{"reason":70,"height":"0240000000"}`, halt(just70, "height")),
		differs(decimalString, "height as a string with a fraction", `{"reason":70,"height":"5.0"}`, halt(just70, "height")),
		differs(decimalString, "height as an empty string", `{"reason":70,"height":""}`, halt(just70, "height")),
		differs(decimalString, "height as a string, -0", `{"reason":70,"height":"-0"}`, halt(just70, "height")),
		differs(decimalString, "height as a string with a space", `{"reason":70,"height":" 5"}`, halt(just70, "height")),
		differs(noReason, "reason as a string with a leading zero", `{"reason":"070"}`, damaged("reason")),
		differs(noReason, "reason as a string with an exponent", `{"reason":"7e1"}`, damaged("reason")),
		differs(numberForm, "reason 70.0", `{"reason":70.0,`+timeOf+`}`, halt(at70)),
		differs(numberForm, "reason 7e1", `{"reason":7e1,`+timeOf+`}`, halt(at70)),
		differs(numberForm, "height 2.4e8", `{"reason":70,"height":2.4e8}`, halt(`{"reason":70,"height":240000000}`)),
		differs(numberForm, "height that the nearest double makes whole", `{"reason":70,"height":9007199254740990.9}`, halt(`{"reason":70,"height":9007199254740991}`)),
		differs(numberForm, "height that the nearest double makes 0", `{"reason":70,"height":1e-400}`, halt(just70)),
		differs(numberForm, "reason with a fraction that no double has", `{"reason":70.00000000000000000001}`, halt(just70)),
		differs(noReason, "reason 70.5", `{"reason":70.5}`, damaged("reason")),
		differs(noReason, "reason 0", `{"reason":0}`, damaged("reason")),
		differs(noReason, "reason -0", `{"reason":-0,`+timeOf+`}`, damaged("reason")),
		differs(noReason, "reason null", `{"reason":null,`+timeOf+`}`, damaged("reason")),
		differs(noReason, "reason missing", `{}`, damaged("reason")),
		differs(noReason, "reason true", `{"reason":true,`+timeOf+`}`, damaged("reason")),
		differs(noReason, "reason an array", `{"reason":[70]}`, damaged("reason")),
		differs(safeIntegers, "height 2^53", `{"reason":70,"height":9007199254740992,`+timeOf+`}`, halt(at70, "height")),
		differs(safeIntegers, "height 2^63-1", `{"reason":70,"height":9223372036854775807,`+timeOf+`}`, halt(at70, "height")),
		differs(safeIntegers, "height 2^63", `{"reason":70,"height":9223372036854775808,`+timeOf+`}`, halt(at70, "height")),
		differs(safeIntegers, "height 2^53 as a string", `{"reason":70,"height":"9007199254740992"}`, halt(just70, "height")),
		differs(safeIntegers, "height below -(2^53-1)", `{"reason":70,"height":-9007199254740992}`, halt(just70, "height")),
		differs(safeIntegers, "height past every number", `{"reason":70,"height":1e400}`, halt(just70, "height")),
		differs(safeIntegers, "reason past every number", `{"reason":1e400}`, damaged("reason")),
		differs(safeIntegers, "reason 2^53", `{"reason":9007199254740992}`, damaged("reason")),
		differs(safeIntegers, "reason 2^64-1", `{"reason":18446744073709551615}`, damaged("reason")),
	}
}

func damages() []Decode {
	return []Decode{
		differs(fieldDamage, "plan name a number", `{"reason":70,"plan_name":6,`+timeOf+`}`, halt(at70, "plan_name")),
		differs(fieldDamage, "token a number", `{"reason":70,"reason_string":70}`, halt(just70, "reason_string")),
		differs(fieldDamage, "height true", `{"reason":70,"height":true}`, halt(just70, "height")),
		differs(fieldDamage, "height with a fraction", `{"reason":70,"height":0.5}`, halt(just70, "height")),
		differs(fieldDamage, "info an object", `{"reason":70,"info":{"upgradeType":"minor"}}`, halt(just70, "info")),
		differs(fieldDamage, "time a number", `{"reason":70,"announced_at":1787335181}`, halt(just70, "announced_at")),
		differs(fieldDamage, "every field but the reason", `{"reason":72,"reason_string":[],"plan_name":{},"height":[],"info":1,"announced_at":true}`,
			halt(`{"reason":72}`, "reason_string", "plan_name", "height", "info", "announced_at")),
		differs(contradiction, "the token of another reason", `{"reason":70,"reason_string":"binary_too_new"}`, halt(just70, "reason_string")),
		differs(contradiction, "the token of no reason", `{"reason":70,"reason_string":"unknown"}`, halt(just70, "reason_string")),
		differs(contradiction, "a known token under an unknown reason", `{"reason":73,"reason_string":"upgrade_required"}`, halt(`{"reason":73}`, "reason_string")),
	}
}

func names() []Decode {
	return []Decode{
		differs(exactNames, "names in another case", `{"reason":70,"Plan_Name":"v6.7","HEIGHT":5}`, halt(just70)),
		differs(exactNames, "a name in another case with a value that does not fit", `{"reason":70,"HEIGHT":"high"}`, halt(just70)),
		differs(exactNames, "a name in another case after its own", `{"reason":70,"height":5,"HEIGHT":6}`, halt(`{"reason":70,"height":5}`)),
		same("the dotless i, which is no i to Go either", `{"reason":70,"ınfo":"x"}`),
		differs(exactNames, "the reason in another case alone", `{"REASON":70,"Plan_Name":"v6.7",`+timeOf+`}`, damaged("reason")),
		differs(exactNames, "the reason in another case beside it", `{"reason":70,"REASON":71}`, halt(just70)),
		differs(exactNames, "the long s, which Go takes for an s", `{"reaſon":70}`, damaged("reason")),
		same("a repeated reason", `{"reason":71,"reason":70,`+timeOf+`}`),
		same("a repeated reason, spaces between", `{"reason" : 71 , "reason" : 70}`),
		same("a repeated height", `{"reason":70,"height":5,"height":6}`),
		same("a repeated height, once escaped", `{"reason":70,"height":5,"h\u0065ight":5}`),
		differs(lastValue, "a repeated reason, the last one null", `{"reason":70,"reason":null}`, damaged("reason")),
		differs(lastValue, "a repeated height, the last one null", `{"reason":70,"height":5,"height":null}`, halt(just70)),
		differs(lastValue, "a height repeated twice, then null", `{"reason":70,"height":5,"height":{},"height":null}`, halt(just70)),
		differs(noReason, "a repeated reason, the last one 0", `{"reason":70,"reason":0}`, damaged("reason")),
		differs(lastValue, "a repeated reason, the first one unfit", `{"reason":"what","reason":70}`, halt(just70)),
		differs(lastValue, "a repeated time, the first one unfit", `{"reason":70,"announced_at":"today",`+timeOf+`}`, halt(at70)),
		same("a repeated unknown name", `{"reason":70,"x":1,"x":2}`),
		same("names inside of a text and of an inner object", `{"reason":70,"x":{"reason":71,"height":1},"info":"\"height\":5,\"reason\":72"}`),
	}
}

func times() []Decode {
	body := func(at string) string { return `{"reason":70,"announced_at":"` + at + `"}` }
	drop := halt(just70, "announced_at")
	all := []Decode{
		same("no fraction", body("2026-08-21T17:59:41Z")),
		same("nine digits", body("2026-08-21T17:59:41.123456789Z")),
		same("trailing zeros", body("2026-08-21T17:59:41.120000000Z")),
		same("29 February", body("2024-02-29T00:00:00Z")),
		same("year 0", body("0000-01-01T00:00:00Z")),
		differs("", "year 1, Go's zero time", body("0001-01-01T00:00:00Z"), halt(body("0001-01-01T00:00:00Z"))),
		same("offset", body("2026-08-21T19:59:41.12+02:00")),
		same("offset of nothing", body("2026-08-21T17:59:41+00:00")),
		same("offset into the next year", body("2026-12-31T20:29:59.10-05:45")),
		differs(timeForm, "offset that leaves year 0", body("0000-01-01T00:00:00+00:01"), drop),
		differs(timeForm, "offset that leaves year 9999", body("9999-12-31T23:59:59-00:01"), drop),
		differs(timeForm, "offset of 24 hours", body("2026-08-21T19:59:41+24:00"), drop),
		differs(timeForm, "offset with minute 60", body("2026-08-21T19:59:41+02:60"), drop),
		differs(timeForm, "ten fraction digits", body("2026-08-21T17:59:41.1234567891Z"), drop),
		differs(timeForm, "comma fraction", body("2026-08-21T17:59:41,5Z"), drop),
		differs(escapedTime, "an escape inside of the time", body(`2026-08-21T17:59:41\u005a`), halt(body("2026-08-21T17:59:41Z"))),
		differs(timeForm, "hour of one digit", body("2026-08-21T7:59:41Z"), drop),
	}
	for _, refused := range [][2]string{
		{"offset without a colon", "2026-08-21T19:59:41+0200"},
		{"time without zone", "2026-08-21T19:59:41"},
		{"lower case t and z", "2026-08-21t17:59:41z"},
		{"a space for the T", "2026-08-21 17:59:41Z"},
		{"leap second", "2026-12-31T23:59:60Z"},
		{"no such day", "2026-02-30T00:00:00Z"},
		{"29 February of 2100", "2100-02-29T00:00:00Z"},
		{"no such month", "2026-13-01T00:00:00Z"},
		{"hour 24", "2026-08-21T24:00:00Z"},
		{"minute 60", "2026-08-21T23:60:00Z"},
		{"year 10000", "10000-01-01T00:00:00Z"},
		{"time empty", ""},
		{"an empty fraction", "2026-08-21T17:59:41.Z"},
		{"a space at the end", "2026-08-21T17:59:41Z "},
	} {
		all = append(all, differs(fieldDamage, refused[0], body(refused[1]), drop))
	}
	return all
}

func mangledBodies() []Decode {
	return []Decode{
		mangled("info that is no UTF-8", "{\"reason\":70,\"plan_name\":\"v6.7\",\"info\":\"\x80\"}", halt(`{"reason":70,"plan_name":"v6.7"}`, "", "info")),
		mangled("a surrogate in UTF-8", "{\"reason\":70,\"info\":\"\xed\xa0\x80\"}", halt(just70, "", "info")),
		mangled("an overlong form", "{\"reason\":70,\"info\":\"\xc0\xaf\"}", halt(just70, "", "info")),
		mangled("a character cut off", "{\"reason\":70,\"info\":\"\xe2\x82\"}", halt(just70, "", "info")),
		mangled("info that is no UTF-8 beside texts that are more than ASCII", "{\"reason\":70,\"plan_name\":\"ß\\u00e9🚀\",\"info\":\"a\xffb\"}",
			halt(`{"reason":70,"plan_name":"ßé🚀"}`, "", "info")),
		mangled("a real U+FFFD in a body that is no UTF-8", "{\"reason\":70,\"plan_name\":\"\ufffd\",\"info\":\"\xff\"}", halt(just70, "", "plan_name", "info")),
		mangled("a token that is no UTF-8", "{\"reason\":70,\"reason_string\":\"upgrade_require\xff\"}", halt(just70, "", "reason_string")),
		mangled("a token of another release that is no UTF-8", "{\"reason\":85,\"reason_string\":\"halt_\xff\"}", halt(`{"reason":85}`, "", "reason_string")),
		mangled("a time that is no UTF-8", "{\"reason\":70,\"announced_at\":\"2026-08-21T17:59:41\xff\"}", halt(just70, "", "announced_at")),
		mangled("a name that is no UTF-8", "{\"reason\":70,\"info\xff\":\"x\"}", halt(just70, "")),
		mangled("an unknown field that is no UTF-8", "{\"reason\":70,\"info\":\"x\",\"y\":\"\xff\"}", halt(`{"reason":70,"info":"x"}`, "")),
		{Name: "bytes that are no UTF-8 outside of texts", Base64: []byte("\xff\xfe{}"), Reading: damaged("")},
		{Name: "a byte that is no UTF-8 inside of a number", Base64: []byte("{\"reason\":7\xff0}"), Reading: damaged("")},
	}
}

func wholes() []Decode {
	all := []Decode{
		differs(nullIntent, "null", `null`, Reading{Kind: "unavailable"}),
		nested("as deep as Go reads", 9_999, "", Reading{Kind: asGo}),
		nested("deeper than Go reads", 10_000, "", damaged("")),
		{Name: "too many brackets side by side", Rule: bodyLimits, Reading: damaged(""),
			Parts: []Part{{`{"reason":70,"x":[`, 1}, {"[] ", 1}, {",[]", 9_999}, {"]}", 1}}},
		{Name: "too many commas", Rule: bodyLimits, Reading: damaged(""),
			Parts: []Part{{`{"reason":70,"x":[0`, 1}, {",0", 10_000}, {"]}", 1}}},
		{Name: "as many commas as are read", Reading: Reading{Kind: asGo},
			Parts: []Part{{`{"reason":70,"x":[0`, 1}, {",0", 9_999}, {"]}", 1}}},
		long("a body of 256 KiB", 1<<18-len(`{"reason":70,"x":""}`), "", Reading{Kind: asGo}),
		long("a body of more than 256 KiB", 1<<18-len(`{"reason":70,"x":""}`)+1, bodyLimits, damaged("")),
	}
	for _, refused := range [][2]string{
		{"nothing", ""}, {"array", "[]"}, {"a number", "70"}, {"a text", `"70"`}, {"true", "true"},
		{"trailing bytes", just70 + " x"}, {"two intents", just70 + just70}, {"a comma too many", `{"reason":70,}`},
		{"byte order mark", "\ufeff" + just70}, {"reason with a leading zero", `{"reason":070,` + timeOf + `}`},
		{"reason with a plus", `{"reason":+70,` + timeOf + `}`}, {"reason in base 16", `{"reason":0x46}`}, {"an end too soon", `{"reason":70`},
		{"a raw line feed in a text", "{\"reason\":70,\"info\":\"\n\"}"}, {"an escape that is none", `{"reason":70,"info":"\x41"}`},
		{"single quotes", `{'reason':70}`}, {"a comment", `{"reason":70}//`}, {"not a number", `{"reason":NaN}`},
	} {
		all = append(all, same(refused[0], refused[1]))
	}
	return all
}

func nested(name string, levels int, rule string, reading Reading) Decode {
	parts := []Part{{`{"reason":70,"x":`, 1}, {"[", levels}, {"]", levels}, {"}", 1}}
	return Decode{Name: name, Parts: parts, Rule: rule, Reading: reading}
}

func long(name string, filling int, rule string, reading Reading) Decode {
	parts := []Part{{`{"reason":70,"x":"`, 1}, {"x", filling}, {`"}`, 1}}
	return Decode{Name: name, Parts: parts, Rule: rule, Reading: reading}
}
