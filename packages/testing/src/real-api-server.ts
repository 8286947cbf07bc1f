import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { type Program, startProgram } from "./program.ts";

/** A real kube-apiserver on a real etcd, on free ports and in a folder of its own, with RBAC on. */
export interface RealApiServer {
  /** An administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** The serving certificate is self-signed by the server itself, which makes that certificate its own authority. */
  readonly authority: string;
  /** The key that tokens of ServiceAccounts are signed with. */
  readonly signingKey: string;
  /** Kills kube-apiserver (SIGKILL) and starts it on the same port and data; resolves when it is ready again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the programs of the folder `assets`, without controllers or kubelets; `flags` of kube-apiserver come after its own here. */
export async function startRealApiServer(
  assets: string,
  flags: readonly string[] = [],
): Promise<RealApiServer> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-api-server-"));
  const stopped: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const step of stopped.toReversed()) await step();
  };
  try {
    const { etcd, url } = await startEtcd(assets, folder);
    stopped.push(() => etcd.stop());
    const place = await placeIn(folder, url);
    const start = () => startApiServer(assets, place, flags);
    let server = await start();
    stopped.push(() => server.stop());
    const restart = async () => {
      server.signal("SIGKILL");
      await server.ended;
      server = await start();
    };
    const { kubeconfig, authority, signingKey } = place;
    return { kubeconfig, authority, signingKey, restart, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startEtcd(assets: string, folder: string): Promise<{ etcd: Program; url: string }> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const args = [
    `--data-dir=${join(folder, "etcd")}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
  const ready = async () => (await fetch(`${url}/health`)).ok;
  return { etcd: await startProgram("etcd", join(assets, "etcd"), args, { ready }), url };
}

/** What stays as it is when a server is started again. */
interface Place extends Pick<RealApiServer, "kubeconfig" | "authority" | "signingKey"> {
  readonly etcd: string;
  readonly port: number;
  readonly certificates: string;
  readonly token: string;
  readonly tokens: string;
}

async function placeIn(folder: string, etcd: string): Promise<Place> {
  const token = randomBytes(24).toString("hex");
  const tokens = join(folder, "tokens.csv");
  await writeFile(tokens, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const signingKey = join(folder, "service-accounts.key");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await writeFile(signingKey, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const certificates = join(folder, "certificates");
  const authority = join(certificates, "apiserver.crt");
  const kubeconfig = join(folder, "admin.kubeconfig");
  return { etcd, port: await freePort(), certificates, authority, kubeconfig, signingKey, token, tokens };
}

function startApiServer(assets: string, place: Place, flags: readonly string[]): Promise<Program> {
  const args = [
    `--etcd-servers=${place.etcd}`,
    "--bind-address=127.0.0.1",
    // No name of a node can be resolved here, and its hostname is what is tried first.
    "--kubelet-preferred-address-types=InternalIP",
    `--secure-port=${place.port}`,
    `--cert-dir=${place.certificates}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--endpoint-reconciler-type=none",
    "--authorization-mode=RBAC",
    `--token-auth-file=${place.tokens}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${place.signingKey}`,
    `--service-account-signing-key-file=${place.signingKey}`,
    ...flags,
  ];
  const ready = () => isReady(place);
  return startProgram("kube-apiserver", join(assets, "kube-apiserver"), args, { ready });
}

async function isReady({ kubeconfig, authority, port, token }: Place): Promise<boolean> {
  const ca = await readFile(authority);
  const server = `https://127.0.0.1:${port}`;
  await writeKubeconfig(kubeconfig, { server, authority: ca.toString("base64"), token });
  const headers = { authorization: `Bearer ${token}` };
  const request = get(`${server}/readyz`, { ca, headers, agent: false, signal: AbortSignal.timeout(2000) });
  const [response] = await once(request, "response");
  response.resume();
  return response.statusCode === 200;
}
