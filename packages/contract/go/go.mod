module upgrade-halt.dev/contract

go 1.22
