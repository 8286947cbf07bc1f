// Command sdk is a small chain on the newest Cosmos SDK, with the upgrade handlers of a release that the environment
// chooses: UPGRADE_HANDLERS names the plans that it can apply, separated by commas. A handler changes nothing.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"cosmossdk.io/log/v2"
	cmtcfg "github.com/cometbft/cometbft/config"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/config"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/keys"
	"github.com/cosmos/cosmos-sdk/client/rpc"
	"github.com/cosmos/cosmos-sdk/server"
	servercmd "github.com/cosmos/cosmos-sdk/server/cmd"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	authcmd "github.com/cosmos/cosmos-sdk/x/auth/client/cli"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	"github.com/cosmos/cosmos-sdk/x/genutil"
	genutilcli "github.com/cosmos/cosmos-sdk/x/genutil/client/cli"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	govcli "github.com/cosmos/cosmos-sdk/x/gov/client/cli"
	upgradecli "github.com/cosmos/cosmos-sdk/x/upgrade/client/cli"
	"github.com/spf13/cobra"
)

func rootCommand(e encoding, home string) *cobra.Command {
	context := client.Context{}.WithCodec(e.codec).WithInterfaceRegistry(e.registry).WithTxConfig(e.txConfig).
		WithLegacyAmino(e.amino).WithInput(os.Stdin).WithAccountRetriever(authtypes.AccountRetriever{}).
		WithHomeDir(home).WithViper("")
	root := &cobra.Command{
		Use:           "sdk",
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			ours, err := client.ReadPersistentCommandFlags(context.WithCmdContext(cmd.Context()), cmd.Flags())
			if err != nil {
				return err
			}
			if ours, err = config.ReadFromClientConfig(ours); err != nil {
				return err
			}
			if err := client.SetCmdClientContextHandler(ours, cmd); err != nil {
				return err
			}
			return server.InterceptConfigsPreRunHandler(cmd, "", nil, cmtcfg.DefaultConfig())
		},
	}
	// Its commands want the basics of a module that are not wrapped.
	e.basics[genutiltypes.ModuleName] = genutil.NewAppModuleBasic(genutiltypes.DefaultMessageValidator)
	tx := &cobra.Command{Use: "tx", RunE: client.ValidateCmd}
	tx.AddCommand(govcli.NewTxCmd(nil), upgradecli.GetTxCmd(e.txConfig.SigningContext().AddressCodec()))
	tx.PersistentFlags().String(flags.FlagChainID, "", "The network's chain ID")
	query := &cobra.Command{Use: "query", RunE: client.ValidateCmd}
	query.AddCommand(authcmd.QueryTxCmd(), rpc.WaitTxCmd())
	root.AddCommand(genutilcli.InitCmd(e.basics, home), genutilcli.Commands(e.txConfig, e.basics, home), keys.Commands(), tx, query)
	server.AddCommands(root, home, newApp, noExport, func(*cobra.Command) {})
	return root
}

func noExport(log.Logger, dbm.DB, int64, bool, []string, servertypes.AppOptions, []string) (servertypes.ExportedApp, error) {
	return servertypes.ExportedApp{}, errors.New("this chain exports no state")
}

// It tells its last error as simapp's root_v2.go and main.go do, and so most chains of this SDK: without a word before it.
func main() {
	e, err := newEncoding()
	if err != nil {
		panic(err)
	}
	home := filepath.Join(os.TempDir(), "sdk")
	root := rootCommand(e, home)
	if err := servercmd.Execute(root, "", home); err != nil {
		fmt.Fprintln(root.OutOrStderr(), err)
		os.Exit(1)
	}
}
