#!/usr/bin/env bash
# Cosmos SDK v0.55.0: upgrade-info.json is not for cosmovisor alone. A release that adds a store, with the code of the upgrade
# guides (ReadUpgradeInfoFromDisk, then UpgradeStoreLoader), does not even load one block before the plan's height where that file is
# missing, and only the old release writes it, when it fails the block at that height. So who swaps in time, after the last block
# before the plan, or starts the new release on a copy of the data without that file, gets "version of store ... mismatch" and no
# halt line at each start. Once the old release has been run into its halt, the same new release loads and applies the plan.
# Seen here: a plan at 5, data of block 4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOFLAGS=-mod=mod

printf 'module example.org/finding\n\ngo 1.26.5\n\nrequire github.com/cosmos/cosmos-sdk v0.55.0\n' > go.mod
cat > main.go << 'GO'
package main

import (
	"context"
	"fmt"
	"os"
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
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/x/upgrade"
	"github.com/cosmos/cosmos-sdk/x/upgrade/keeper"
	"github.com/cosmos/cosmos-sdk/x/upgrade/types"
)

// A node of the old release, or of the new one, which adds a store.
func open(db dbm.DB, home string, isNew bool) (*baseapp.BaseApp, error) {
	key := storetypes.NewKVStoreKey(types.StoreKey)
	app := baseapp.NewBaseApp("app", log.NewNopLogger(), db, nil)
	app.MountStores(key)
	upgrades := keeper.NewKeeper(nil, runtime.NewKVStoreService(key), codec.NewProtoCodec(codectypes.NewInterfaceRegistry()), home, app, "gov")
	upgrades.SetInitVersionMap(module.VersionMap{})
	app.SetInitChainer(func(ctx sdk.Context, _ *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
		return &abci.ResponseInitChain{}, upgrades.ScheduleUpgrade(ctx, types.Plan{Name: "v2", Height: 5})
	})
	app.SetPreBlocker(func(ctx sdk.Context, _ *abci.RequestFinalizeBlock) (*sdk.ResponsePreBlock, error) {
		_, err := upgrade.PreBlocker(ctx, upgrades)
		return &sdk.ResponsePreBlock{}, err
	})
	if isNew {
		app.MountStores(storetypes.NewKVStoreKey("added"))
		upgrades.SetUpgradeHandler("v2", func(_ context.Context, _ types.Plan, versions module.VersionMap) (module.VersionMap, error) {
			return versions, nil
		})
		info, err := upgrades.ReadUpgradeInfoFromDisk()
		if err != nil {
			return nil, err
		}
		if info.Name == "v2" {
			app.SetStoreLoader(types.UpgradeStoreLoader(info.Height, &storetypes.StoreUpgrades{Added: []string{"added"}}))
		}
	}
	return app, app.LoadLatestVersion()
}

func block(app *baseapp.BaseApp, height int64) error {
	if _, err := app.FinalizeBlock(&abci.RequestFinalizeBlock{Height: height, Time: time.Now()}); err != nil {
		return err
	}
	_, err := app.Commit()
	return err
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	home, db := os.Args[1], dbm.NewMemDB()
	old, err := open(db, home, false)
	must(err)
	_, err = old.InitChain(&abci.RequestInitChain{})
	must(err)
	for height := int64(1); height <= 4; height++ {
		must(block(old, height))
	}
	_, err = open(db, home, true)
	fmt.Println("new release:", err)
	fmt.Println("old release:", block(old, 5))
	swapped, err := open(db, home, true)
	fmt.Println("new release:", err)
	must(err)
	fmt.Println("block 5:", block(swapped, 5))
}
GO
go build -ldflags='-s -w' -o run . 2> errors || { cat errors; exit 1; }
seen=$(./run "$folder/home" | sed 's/ *$//')
echo "$seen"
[ "$seen" = 'new release: failed to load latest version: version of store added mismatch root store'"'"'s version; expected 4 got 0; new stores should be added using StoreUpgrades
old release: UPGRADE "v2" NEEDED at height: 5:
new release: <nil>
block 5: <nil>' ]
