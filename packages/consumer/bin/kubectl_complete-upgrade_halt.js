#!/usr/bin/env node
// The program tells by the name of its script what it is asked for.
require("./upgrade-halt.js");
