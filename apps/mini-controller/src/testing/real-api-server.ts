import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClusterAccess, KubeClient } from "@upgrade-halt/kube";
import { freePort } from "@upgrade-halt/testing";

/**
 * A real kube-apiserver on a real etcd, on free ports and in a folder of its own, with RBAC on. Its programs are
 * those of `KUBEBUILDER_ASSETS`; there are no controllers and no kubelets.
 */
export class RealApiServer {
  readonly access: ClusterAccess;
  readonly #folder: string;
  readonly #children: readonly ChildProcess[];

  private constructor(access: ClusterAccess, folder: string, children: readonly ChildProcess[]) {
    this.access = access;
    this.#folder = folder;
    this.#children = children;
  }

  static async start(assets: string): Promise<RealApiServer> {
    const folder = mkdtempSync(join(tmpdir(), "mini-controller-api-"));
    const [client, peer, secure] = [await freePort(), await freePort(), await freePort()];
    const token = randomBytes(16).toString("hex");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(join(folder, "sa.key"), privateKey.export({ type: "pkcs1", format: "pem" }));
    writeFileSync(join(folder, "tokens.csv"), `${token},admin,1,"system:masters"\n`);
    const etcd = spawn(join(assets, "etcd"), etcdArguments(folder, client, peer), { stdio: "ignore" });
    const server = spawn(join(assets, "kube-apiserver"), serverArguments(folder, client, secure), {
      stdio: "ignore",
    });
    const access: ClusterAccess = {
      server: `https://127.0.0.1:${secure}`,
      proxyUrl: undefined,
      namespace: undefined,
      tls: async () => ({ rejectUnauthorized: false }),
      headers: async () => ({ authorization: `Bearer ${token}` }),
    };
    const started = new RealApiServer(access, folder, [server, etcd]);
    await started.#untilReady();
    return started;
  }

  async stop(): Promise<void> {
    for (const child of this.#children) await ended(child);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #untilReady(): Promise<void> {
    const client = await KubeClient.connect(this.access);
    const deadline = Date.now() + 30_000;
    for (;;) {
      const ready = await client.list("/api/v1/namespaces").then(
        ({ items }) => items.some(({ metadata }) => metadata.name === "default"),
        () => false,
      );
      if (ready) return await client.close();
      if (Date.now() > deadline) {
        await this.stop();
        throw new Error("kube-apiserver was not ready in 30 s");
      }
      await sleep(100);
    }
  }
}

function etcdArguments(folder: string, client: number, peer: number): string[] {
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    "--unsafe-no-fsync",
    `--data-dir=${join(folder, "etcd")}`,
    ...[`--listen-client-urls=${clientUrl}`, `--advertise-client-urls=${clientUrl}`],
    ...[
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
    ],
  ];
}

function serverArguments(folder: string, etcd: number, secure: number): string[] {
  const key = join(folder, "sa.key");
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    ...["--bind-address=127.0.0.1", `--secure-port=${secure}`, `--cert-dir=${join(folder, "certs")}`],
    ...["--authorization-mode=RBAC", `--token-auth-file=${join(folder, "tokens.csv")}`],
    ...[`--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`],
    ...["--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.0.0.0/24"],
  ];
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGKILL");
  await exited;
}
