package main

import (
	"context"
	"os"
	"strings"

	modulev1 "cosmossdk.io/api/cosmos/app/v1alpha1"
	upgrademodulev1 "cosmossdk.io/api/cosmos/upgrade/module/v1"
	"cosmossdk.io/core/appconfig"
	"cosmossdk.io/depinject"
	"cosmossdk.io/log/v2"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/server"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	"github.com/cosmos/cosmos-sdk/testutil/configurator"
	"github.com/cosmos/cosmos-sdk/types/module"
	_ "github.com/cosmos/cosmos-sdk/x/auth"
	_ "github.com/cosmos/cosmos-sdk/x/auth/tx/config"
	_ "github.com/cosmos/cosmos-sdk/x/bank"
	_ "github.com/cosmos/cosmos-sdk/x/consensus"
	_ "github.com/cosmos/cosmos-sdk/x/distribution"
	_ "github.com/cosmos/cosmos-sdk/x/genutil"
	_ "github.com/cosmos/cosmos-sdk/x/gov"
	_ "github.com/cosmos/cosmos-sdk/x/mint"
	_ "github.com/cosmos/cosmos-sdk/x/slashing"
	_ "github.com/cosmos/cosmos-sdk/x/staking"
	_ "github.com/cosmos/cosmos-sdk/x/upgrade"
	upgradekeeper "github.com/cosmos/cosmos-sdk/x/upgrade/keeper"
	upgradetypes "github.com/cosmos/cosmos-sdk/x/upgrade/types"
)

// modules are those that a chain needs to make blocks, vote and upgrade.
func modules() depinject.Config {
	return configurator.NewAppConfig(
		configurator.AuthModule(), configurator.TxModule(), configurator.BankModule(), configurator.StakingModule(),
		configurator.SlashingModule(), configurator.MintModule(), configurator.DistributionModule(),
		configurator.GovModule(), configurator.ConsensusModule(), configurator.GenutilModule(),
		func(config *configurator.Config) {
			config.ModuleConfigs["upgrade"] = &modulev1.ModuleConfig{
				Name:   "upgrade",
				Config: appconfig.WrapAny(&upgrademodulev1.Module{}),
			}
		},
	)
}

// encoding is what the commands need of an app that is never started.
type encoding struct {
	codec    codec.Codec
	registry codectypes.InterfaceRegistry
	txConfig client.TxConfig
	amino    *codec.LegacyAmino
	basics   module.BasicManager
}

func newEncoding() (encoding, error) {
	var e encoding
	err := depinject.Inject(depinject.Configs(modules(), depinject.Supply(log.NewNopLogger())),
		&e.codec, &e.registry, &e.txConfig, &e.amino, &e.basics)
	return e, err
}

// newApp makes the app with the upgrade handlers that UPGRADE_HANDLERS names.
func newApp(logger log.Logger, db dbm.DB, options servertypes.AppOptions) servertypes.Application {
	var builder *runtime.AppBuilder
	var upgrades *upgradekeeper.Keeper
	if err := depinject.Inject(depinject.Configs(modules(), depinject.Supply(logger, options)), &builder, &upgrades); err != nil {
		panic(err)
	}
	app := builder.Build(db, server.DefaultBaseappOptions(options)...)
	for _, plan := range strings.FieldsFunc(os.Getenv("UPGRADE_HANDLERS"), func(r rune) bool { return r == ',' }) {
		upgrades.SetUpgradeHandler(plan, func(_ context.Context, _ upgradetypes.Plan, versions module.VersionMap) (module.VersionMap, error) {
			return versions, nil
		})
	}
	if err := app.Load(true); err != nil {
		panic(err)
	}
	return app
}
