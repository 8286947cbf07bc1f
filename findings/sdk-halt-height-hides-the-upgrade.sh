#!/usr/bin/env bash
# Cosmos SDK v0.55.0 against v0.45.16, `--halt-height` (BaseApp's SetHaltHeight): the same number stops at another block, in another
# way, and at an upgrade's height it hides the upgrade. 0.45 asks for it after it has committed that block, and then sends
# itself SIGINT. 0.55 fails the block before anything of it runs: the block before is the last one, and no signal is sent,
# though its flag still says "gracefully halt the chain and shutdown the node". Where the plan is due at that height, 0.45
# comes to x/upgrade first, which writes upgrade-info.json and says UPGRADE NEEDED. 0.55 says "halt per configuration" alone: no
# file and no line, so cosmovisor and every reader of logs see no upgrade. Seen here: a plan at 5, halt heights 0, 3 and 5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS=-mod=mod

mkdir old new
# As cosmos-sdk v0.45.16 replaces them itself.
cat > old/go.mod << 'MOD'
module example.org/finding

go 1.26

require github.com/cosmos/cosmos-sdk v0.45.16

replace (
	github.com/gogo/protobuf => github.com/regen-network/protobuf v1.3.3-alpha.regen.1
	github.com/jhump/protoreflect => github.com/jhump/protoreflect v1.9.0
	github.com/tendermint/tendermint => github.com/cometbft/cometbft v0.34.27
	google.golang.org/grpc => google.golang.org/grpc v1.33.2
)
MOD
cat > old/main.go << 'GO'
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/upgrade"
	"github.com/cosmos/cosmos-sdk/x/upgrade/keeper"
	"github.com/cosmos/cosmos-sdk/x/upgrade/types"
	abci "github.com/tendermint/tendermint/abci/types"
	"github.com/tendermint/tendermint/libs/log"
	tmproto "github.com/tendermint/tendermint/proto/tendermint/types"
	dbm "github.com/tendermint/tm-db"
)

func run(haltHeight uint64) {
	home, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(home)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)

	key := sdk.NewKVStoreKey(types.StoreKey)
	app := baseapp.NewBaseApp("app", log.NewNopLogger(), dbm.NewMemDB(), nil, baseapp.SetHaltHeight(haltHeight))
	app.MountStores(key)
	upgrades := keeper.NewKeeper(nil, key, codec.NewProtoCodec(codectypes.NewInterfaceRegistry()), home, app)
	app.SetInitChainer(func(ctx sdk.Context, _ abci.RequestInitChain) abci.ResponseInitChain {
		if err := upgrades.ScheduleUpgrade(ctx, types.Plan{Name: "v2", Height: 5}); err != nil {
			panic(err)
		}
		return abci.ResponseInitChain{}
	})
	app.SetBeginBlocker(func(ctx sdk.Context, request abci.RequestBeginBlock) abci.ResponseBeginBlock {
		upgrade.BeginBlocker(upgrades, ctx, request)
		return abci.ResponseBeginBlock{}
	})
	if err := app.LoadLatestVersion(); err != nil {
		panic(err)
	}
	app.InitChain(abci.RequestInitChain{})
	said := "nothing"
	func() {
		defer func() {
			if panicked := recover(); panicked != nil {
				said = fmt.Sprint(panicked)
			}
		}()
		for height := int64(1); len(signals) == 0; height++ {
			app.BeginBlock(abci.RequestBeginBlock{Header: tmproto.Header{Height: height, Time: time.Now()}})
			app.EndBlock(abci.RequestEndBlock{Height: height})
			app.Commit()
			time.Sleep(50 * time.Millisecond)
		}
	}()
	time.Sleep(100 * time.Millisecond)
	_, err := os.Stat(filepath.Join(home, "data", "upgrade-info.json"))
	fmt.Printf("halt height %d: last block %d, signalled %t, upgrade-info.json %t, said %s\n", haltHeight, app.LastBlockHeight(), len(signals) > 0, err == nil, said)
}

func main() {
	for _, height := range []uint64{0, 3, 5} {
		run(height)
	}
}
GO

printf 'module example.org/finding\n\ngo 1.26.5\n\nrequire github.com/cosmos/cosmos-sdk v0.55.0\n' > new/go.mod
cat > new/main.go << 'GO'
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"cosmossdk.io/log/v2"
	abci "github.com/cometbft/cometbft/abci/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/x/upgrade"
	"github.com/cosmos/cosmos-sdk/x/upgrade/keeper"
	"github.com/cosmos/cosmos-sdk/x/upgrade/types"
)

// A chain whose plan is due at block 5, on a node with this halt height.
func run(haltHeight uint64) {
	home, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(home)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)

	key := storetypes.NewKVStoreKey(types.StoreKey)
	app := baseapp.NewBaseApp("app", log.NewNopLogger(), dbm.NewMemDB(), nil, baseapp.SetHaltHeight(haltHeight))
	app.MountStores(key)
	upgrades := keeper.NewKeeper(nil, runtime.NewKVStoreService(key), codec.NewProtoCodec(codectypes.NewInterfaceRegistry()), home, app, "gov")
	app.SetInitChainer(func(ctx sdk.Context, _ *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
		return &abci.ResponseInitChain{}, upgrades.ScheduleUpgrade(ctx, types.Plan{Name: "v2", Height: 5})
	})
	app.SetPreBlocker(func(ctx sdk.Context, _ *abci.RequestFinalizeBlock) (*sdk.ResponsePreBlock, error) {
		_, err := upgrade.PreBlocker(ctx, upgrades)
		return &sdk.ResponsePreBlock{}, err
	})
	if err := app.LoadLatestVersion(); err != nil {
		panic(err)
	}
	if _, err := app.InitChain(&abci.RequestInitChain{}); err != nil {
		panic(err)
	}
	said := "nothing"
	for height := int64(1); len(signals) == 0; height++ {
		if _, err := app.FinalizeBlock(&abci.RequestFinalizeBlock{Height: height, Time: time.Now()}); err != nil {
			said = strings.TrimSpace(err.Error())
			break
		}
		if _, err := app.Commit(); err != nil {
			panic(err)
		}
	}
	time.Sleep(100 * time.Millisecond)
	_, err := os.Stat(filepath.Join(home, "data", types.UpgradeInfoFilename))
	fmt.Printf("halt height %d: last block %d, signalled %t, upgrade-info.json %t, said %s\n", haltHeight, app.LastBlockHeight(), len(signals) > 0, err == nil, said)
}

func main() {
	for _, height := range []uint64{0, 3, 5} {
		run(height)
	}
}
GO

seen=$(
  for sdk in old new; do
    (cd "$sdk" && go build -ldflags='-s -w' -o run . 2> /dev/null && echo "$sdk:" && ./run | sed 's/ *$//')
  done
)
echo "$seen"
[ "$seen" = 'old:
halt height 0: last block 4, signalled false, upgrade-info.json true, said UPGRADE "v2" NEEDED at height: 5:
halt height 3: last block 3, signalled true, upgrade-info.json false, said nothing
halt height 5: last block 4, signalled false, upgrade-info.json true, said UPGRADE "v2" NEEDED at height: 5:
new:
halt height 0: last block 4, signalled false, upgrade-info.json true, said UPGRADE "v2" NEEDED at height: 5:
halt height 3: last block 2, signalled false, upgrade-info.json false, said halt per configuration height 3 time 0
halt height 5: last block 4, signalled false, upgrade-info.json false, said halt per configuration height 5 time 0' ]
