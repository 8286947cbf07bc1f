package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/cometbft/cometbft/types"
)

// nodeView is what CometBFT's client made of a node.
type nodeView struct {
	NodeID         string `json:"nodeId"`
	Network        string `json:"network"`
	LatestHeight   int64  `json:"latestHeight"`
	EarliestHeight int64  `json:"earliestHeight"`
	AppHeight      int64  `json:"appHeight"`
	// HeaderHashes: the newest header hashes, in Go, to the hash that the node gave it. Chained: it names the block
	// before it. Signed: its commit passes the check that a light client makes.
	HeaderHashes bool   `json:"headerHashes"`
	Chained      bool   `json:"chained"`
	Signed       bool   `json:"signed"`
	Metas        int    `json:"metas"`
	GenesisChain string `json:"genesisChain"`
	// NewBlocks are the heights of the blocks that a subscription brought; none from a halted node.
	NewBlocks []int64 `json:"newBlocks"`
}

// readNode asks a node everything that the tests want to know, and waits for two new blocks.
func readNode(url string) (any, error) {
	client, err := rpchttp.New(url, "/websocket")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Second)
	defer cancel()
	if _, err := client.Health(ctx); err != nil {
		return nil, fmt.Errorf("health: %w", err)
	}
	status, err := client.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	info, err := client.ABCIInfo(ctx)
	if err != nil {
		return nil, fmt.Errorf("abci_info: %w", err)
	}
	genesis, err := client.Genesis(ctx)
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	view := nodeView{
		NodeID:         string(status.NodeInfo.ID()),
		Network:        status.NodeInfo.Network,
		LatestHeight:   status.SyncInfo.LatestBlockHeight,
		EarliestHeight: status.SyncInfo.EarliestBlockHeight,
		AppHeight:      info.Response.LastBlockHeight,
		GenesisChain:   genesis.Genesis.ChainID,
		NewBlocks:      []int64{},
	}
	if err := readBlocks(ctx, client, &view); err != nil {
		return nil, err
	}
	return view, subscribe(ctx, client, &view)
}

func readBlocks(ctx context.Context, client *rpchttp.HTTP, view *nodeView) error {
	block, err := client.Block(ctx, &view.LatestHeight)
	if err != nil {
		return fmt.Errorf("block: %w", err)
	}
	previousHeight := view.LatestHeight - 1
	previous, err := client.Block(ctx, &previousHeight)
	if err != nil {
		return fmt.Errorf("block before: %w", err)
	}
	view.HeaderHashes = bytes.Equal(block.Block.Header.Hash(), block.BlockID.Hash)
	view.Chained = bytes.Equal(block.Block.LastBlockID.Hash, previous.BlockID.Hash)
	if err := verifyCommit(ctx, client, view); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	chain, err := client.BlockchainInfo(ctx, view.EarliestHeight, view.LatestHeight)
	if err != nil {
		return fmt.Errorf("blockchain: %w", err)
	}
	view.Metas = len(chain.BlockMetas)
	return nil
}

func subscribe(ctx context.Context, client *rpchttp.HTTP, view *nodeView) error {
	if err := client.Start(); err != nil {
		return fmt.Errorf("websocket: %w", err)
	}
	defer client.Stop() //nolint:errcheck // the program ends here
	events, err := client.Subscribe(ctx, "peer", types.EventQueryNewBlock.String())
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	patience := time.After(patienceFor(view))
	for len(view.NewBlocks) < 2 {
		select {
		case event := <-events:
			data, ok := event.Data.(types.EventDataNewBlock)
			if !ok {
				return fmt.Errorf("a new block came as %T", event.Data)
			}
			view.NewBlocks = append(view.NewBlocks, data.Block.Height)
		case <-patience:
			return nil
		}
	}
	return client.UnsubscribeAll(ctx, "peer")
}

// patienceFor is how long to wait for new blocks. None follows one that was stored and not applied, so the wait on a halted
// node is to show that; the one on any other is for a machine that is busy.
func patienceFor(view *nodeView) time.Duration {
	if view.AppHeight < view.LatestHeight {
		return time.Second
	}
	return 30 * time.Second
}

func verifyCommit(ctx context.Context, client *rpchttp.HTTP, view *nodeView) error {
	commit, err := client.Commit(ctx, &view.LatestHeight)
	if err != nil {
		return err
	}
	validators, err := client.Validators(ctx, &view.LatestHeight, nil, nil)
	if err != nil {
		return err
	}
	set := types.NewValidatorSet(validators.Validators)
	signed := commit.SignedHeader
	if !bytes.Equal(set.Hash(), signed.ValidatorsHash) {
		return fmt.Errorf("the validators hash to %X, the header says %X", set.Hash(), signed.ValidatorsHash)
	}
	view.Signed = set.VerifyCommitLight(signed.ChainID, signed.Commit.BlockID, signed.Height, signed.Commit) == nil
	return nil
}
