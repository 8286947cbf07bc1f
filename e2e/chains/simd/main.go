// Command simd is the simulation application of the Cosmos SDK with the upgrade handlers of a release that the
// environment chooses: UPGRADE_HANDLERS names the plans that it can apply, separated by commas. A handler changes nothing.
package main

import (
	"io"
	"os"
	"strings"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/server"
	svrcmd "github.com/cosmos/cosmos-sdk/server/cmd"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	"github.com/cosmos/cosmos-sdk/simapp"
	"github.com/cosmos/cosmos-sdk/simapp/simd/cmd"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/x/crisis"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"
	"github.com/spf13/cast"
	"github.com/tendermint/tendermint/libs/log"
	dbm "github.com/tendermint/tm-db"
)

func newApp(logger log.Logger, db dbm.DB, trace io.Writer, options servertypes.AppOptions) servertypes.Application {
	skipped := make(map[int64]bool)
	for _, height := range cast.ToIntSlice(options.Get(server.FlagUnsafeSkipUpgrades)) {
		skipped[int64(height)] = true
	}
	pruning, err := server.GetPruningOptionsFromFlags(options)
	if err != nil {
		panic(err)
	}
	app := simapp.NewSimApp(logger, db, trace, true, skipped, cast.ToString(options.Get(flags.FlagHome)), 0,
		simapp.MakeTestEncodingConfig(), options,
		baseapp.SetPruning(pruning),
		baseapp.SetMinGasPrices(cast.ToString(options.Get(server.FlagMinGasPrices))),
		baseapp.SetHaltHeight(cast.ToUint64(options.Get(server.FlagHaltHeight))))
	for _, plan := range strings.FieldsFunc(os.Getenv("UPGRADE_HANDLERS"), func(r rune) bool { return r == ',' }) {
		app.UpgradeKeeper.SetUpgradeHandler(plan, func(_ sdk.Context, _ upgradetypes.Plan, versions module.VersionMap) (module.VersionMap, error) {
			return versions, nil
		})
	}
	return app
}

func main() {
	root, _ := cmd.NewRootCmd()
	for _, command := range root.Commands() {
		if command.Name() == "start" {
			root.RemoveCommand(command)
		}
	}
	start := server.StartCmd(newApp, simapp.DefaultNodeHome)
	crisis.AddModuleInitFlags(start)
	root.AddCommand(start)
	if err := svrcmd.Execute(root, simapp.DefaultNodeHome); err != nil {
		os.Exit(1)
	}
}
