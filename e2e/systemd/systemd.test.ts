import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bootMachine, type Machine, TREE_INSIDE, whyNoMachine } from "./machine.ts";

const GUIDE = readFileSync(join(import.meta.dirname, "..", "..", "docs", "guides", "systemd.md"), "utf8");
/** The unit of the guide, with its programs where this machine has them. */
const UNIT = (/file: seid\.service -->\n```ini\n(.*?)^```$/ms.exec(GUIDE)?.[1] ?? "").replaceAll(
  /\/usr\/(?:local\/)?bin\//g,
  "/run/bin/",
);

/** The commands of the guide, each with what it prints. */
const COMMANDS = [...GUIDE.matchAll(/^\$ (.+)\n((?:(?!\$ |```).*\n)*)/gm)].map(
  ([, command = "", output = ""]) => ({ command, output }),
);
const DOCUMENTED_NODE = "http://127.0.0.1:26657";

const NODE = `${TREE_INSIDE}/node_modules/node/bin/node`;
const PLANS = JSON.stringify([
  { name: "v6.6", height: 3, info: "" },
  { name: "v6.7", height: 1_000_000, info: "" },
]);
const POLICY = JSON.stringify({
  chainId: "mock-1",
  upgrades: [{ planName: "v6.6", height: 1000, image: "sei:v6.6" }],
});
const PROGRAMS: Record<string, string> = {
  // /run/seid.conf is what a test wants of the node: its image, or its end.
  seid: `. /run/seid.conf
exec ${NODE} ${TREE_INSIDE}/apps/mock-node/bin/mock-node.js "$@" --plans /run/plans.json \\
  --rpc.laddr tcp://127.0.0.1:0 --port-file /var/lib/seid/port --block-time 50ms --image "sei:$image" $flags`,
  "upgrade-halt": `exec ${NODE} ${TREE_INSIDE}/packages/consumer/bin/upgrade-halt.js "$@"`,
  "page-me": `echo "$UPGRADE_HALT_EVENT $UPGRADE_HALT_PLAN" >> /var/lib/seid/pages`,
};

const reason = whyNoMachine();

describe.skipIf(reason !== undefined)(
  `the documented unit on a real systemd${reason ? ` (${reason})` : ""}`,
  () => {
    let machine: Machine;

    beforeAll(async () => {
      machine = await bootMachine();
      await write("/run/systemd/system/seid.service", UNIT);
      await write("/run/plans.json", PLANS);
      await write("/run/policy.json", POLICY);
      for (const [name, script] of Object.entries(PROGRAMS))
        await write(`/run/bin/${name}`, `#!/bin/sh\n${script}\n`);
      await sh("chmod +x /run/bin/*; systemctl daemon-reload");
    });

    afterAll(() => machine?.[Symbol.asyncDispose]());

    beforeEach(async () => {
      await sh("systemctl stop seid; systemctl reset-failed seid; rm -rf /var/lib/seid");
    });

    async function sh(script: string): Promise<string> {
      return (await machine.sh(script)).output.trim();
    }

    async function write(path: string, content: string): Promise<void> {
      await sh(`cat > '${path}' <<'END_OF_FILE'\n${content}\nEND_OF_FILE`);
    }

    /** Starts the unit with a node of this image; resolves when it stays in this state. */
    async function startAs(conf: string, state: string): Promise<void> {
      await write("/run/seid.conf", conf);
      await sh("systemctl start seid");
      await reaches(state);
    }

    function reaches(state: string): Promise<unknown> {
      return until(`seid to be ${state}`, async () => (await show("ActiveState")) === state, {
        explain: () => sh("systemctl status seid --no-pager; journalctl -u seid -n 30 --no-pager"),
      });
    }

    /** The node's RPC address, once it serves. */
    async function address(): Promise<string> {
      const read = async () => (await sh("cat /var/lib/seid/port 2>/dev/null")) || undefined;
      const port = await until("the node to serve", read);
      return `http://127.0.0.1:${port}`;
    }

    async function passes(height: number): Promise<void> {
      const read = async () =>
        JSON.parse(await sh(`/run/bin/upgrade-halt status --json ${await address()} 2>/dev/null`));
      await until(`the node to pass ${height}`, async () => (await read()).verdict.height > height);
    }

    /** More settings for the unit, until the end of a test. */
    async function dropIn(settings: string): Promise<AsyncDisposable> {
      await sh("mkdir -p /run/systemd/system/seid.service.d");
      await write("/run/systemd/system/seid.service.d/test.conf", `[Service]\n${settings}`);
      await sh("systemctl daemon-reload");
      return {
        [Symbol.asyncDispose]: async () =>
          void (await sh(
            "systemctl stop seid; rm -r /run/systemd/system/seid.service.d; systemctl daemon-reload",
          )),
      };
    }

    /** What doctor says of the node, with a policy that lists an upgrade ahead of it. */
    async function doctor(
      flags: string,
      rpc?: string,
    ): Promise<{ code: number | null; lines: readonly string[] }> {
      const at = rpc ?? (await address());
      const command = `/run/bin/upgrade-halt doctor ${flags} --policy /run/policy.json --rpc ${at}`;
      const { code, output } = await machine.sh(command);
      return { code, lines: output.trim().split("\n") };
    }

    const show = (property: string) => sh(`systemctl show seid --property=${property} --value`);
    const journal = () => sh("journalctl -u seid --output=cat --no-pager");

    test("70 stays down, and the hook finds its plan in the journal", async () => {
      await startAs("image=v6.5", "failed");
      expect(await show("ExecMainStatus")).toBe("70");
      expect(await show("NRestarts")).toBe("0");
      expect(await journal()).toContain(
        "halted: upgrade_required (plan v6.6 at height 3). It halted for upgrade_required (plan v6.6 at height 3), as exit-code, plan-line agree.",
      );
    });

    test("after a halt for 70, the next image starts and passes the height", async () => {
      await startAs("image=v6.5", "failed");
      await startAs("image=v6.6", "active");
      await passes(3);
    });

    test("the commands of the guide do what it says", async () => {
      await startAs("image=v6.5", "failed");
      await write("/run/seid.conf", "image=v6.6");
      await sh("rm -f /var/lib/seid/port");
      for (const { command, output } of COMMANDS) {
        const asksNode = command.includes(DOCUMENTED_NODE);
        if (asksNode) await passes(3);
        const here = asksNode ? command.replace(DOCUMENTED_NODE, await address()) : command;
        expect((await sh(`PATH=/run/bin:$PATH; ${here}`)).replace(/ at \d+$/, " at 31")).toBe(output.trim());
      }
    });

    test("a hook that may not read the journal says so, and what to change", async () => {
      await using _ = await dropIn("SupplementaryGroups=");
      await startAs("image=v6.5", "failed");
      expect(await show("ExecMainStatus")).toBe("70");
      expect(await journal()).toMatch(
        /the journal cannot be read \(.*give the unit SupplementaryGroups=systemd-journal\), so it is judged without it/,
      );
      expect(await journal()).toContain("halted: upgrade_required, not corroborated.");
    });

    test("the rest of a line that is longer than the journal takes is no halt line", async () => {
      const halt = 'UPGRADE "v6.6" NEEDED at height: 3: ';
      const unit = (script: string) =>
        `[Service]\nExecStart=/run/bin/${script}\nExecStopPost=/run/bin/upgrade-halt systemd-hook --journal`;
      await write(
        "/run/bin/in-one",
        `#!/bin/sh\nhead -c 49152 /dev/zero | tr '\\0' x\necho '${halt}'\nexit 70`,
      );
      await write("/run/bin/in-two", `#!/bin/sh\necho x\necho '${halt}'\nexit 70`);
      const saidOf = async (script: string): Promise<string> => {
        await write(`/run/systemd/system/${script}.service`, unit(script));
        await sh(`chmod +x /run/bin/${script}; systemctl daemon-reload; systemctl start --wait ${script}`);
        return await sh(`journalctl -u ${script} --output=cat --no-pager`);
      };
      expect(await saidOf("in-two")).toContain("halted: upgrade_required (plan v6.6 at height 3).");
      expect(await saidOf("in-one")).toContain("halted: upgrade_required, not corroborated.");
      expect(await sh("journalctl -u in-one --output=cat --no-pager")).toContain(`\n${halt.trim()}`);
    });

    test("what the run before wrote into a log file is no evidence of a run that wrote nothing, or whose lines tell their time", async () => {
      const log = "/var/log/seid.log";
      const hook = `ExecStopPost=\nExecStopPost=/run/bin/upgrade-halt systemd-hook --log ${log}`;
      await using _ = await dropIn(`StandardOutput=append:${log}\n${hook}`);
      await write(
        "/run/line",
        String.raw`{"level":"error","module":"x/upgrade","time":"NOW","message":"UPGRADE \"v6.6\" NEEDED at height: 3: "}`,
      );
      const halted = "halted: upgrade_required (plan v6.6 at height 3).";
      const alone = "halted: upgrade_required, not corroborated.";
      const runs = [
        ["sed s/NOW/2020-01-01T00:00:00Z/ /run/line", alone],
        ['sed "s/NOW/$(date -u +%FT%TZ)/" /run/line', halted],
        ["", alone],
      ] as const;
      for (const [script, said] of runs) {
        await startAs(`${script}\nexit 70`, "failed");
        expect(await sh(`tail -n 1 ${log}`)).toContain(said);
        await sh("systemctl reset-failed seid");
      }
    });

    test("a log file of a user's unit is evidence, since the user's own systemd says when the run began", async () => {
      const home = "/run/user/988";
      const units = `${home}/systemd/user`;
      await sh(`mkdir -p ${units}; chmod 700 ${home}`);
      await write(`${home}/halt`, 'UPGRADE "v6.6" NEEDED at height: 3: ');
      const hook = `ExecStopPost=/run/bin/upgrade-halt systemd-hook --log ${home}/seid.log`;
      const outputs = `StandardOutput=append:${home}/seid.log\nStandardError=append:${home}/hook.err`;
      const start = `ExecStart=/bin/sh -c 'cat ${home}/halt; exit 70'`;
      await write(`${units}/seid.service`, `[Service]\n${start}\n${hook}\n${outputs}`);
      await sh(`chown -R sei ${home}; systemd-run --unit=of-sei -p User=sei -p Delegate=yes -p Type=notify \
        -p Environment=XDG_RUNTIME_DIR=${home} -p Environment=HOME=${home} /lib/systemd/systemd --user`);
      await sh(`runuser -u sei -- env XDG_RUNTIME_DIR=${home} systemctl --user start --wait seid`);
      const said = await sh(`cat ${home}/seid.log ${home}/hook.err`);
      await sh(`systemctl stop of-sei; rm -r ${home}`);
      expect(said).toContain("halted: upgrade_required (plan v6.6 at height 3).");
    });

    test("a hook without journalctl or its log says so", async () => {
      const empty = "ExecStopPost=\nExecStopPost=/run/bin/upgrade-halt systemd-hook";
      const cases = [
        [`Environment=PATH=/run/bin\n${empty} --journal`, "journalctl cannot be started, ENOENT"],
        [`${empty} --log /var/lib/seid/no.log`, "the log /var/lib/seid/no.log cannot be read (ENOENT)"],
      ] as const;
      for (const [settings, words] of cases) {
        await using _ = await dropIn(settings);
        await startAs("exit 70", "failed");
        expect(await journal()).toContain(words);
        await sh("systemctl reset-failed seid");
      }
    });

    test("doctor finds nothing amiss with the documented unit, and the page shows what it says", async () => {
      await startAs("image=v6.6\nflags=--initial-height=3", "active");
      const { code, lines } = await doctor("--unit seid");
      expect(lines.filter((line) => /^TO DO (?!contract)/.test(line))).toEqual([]);
      expect(code).toBe(1);
      const shown = lines
        .join("\n")
        .replace(
          /process \d+ \(.*\), found/,
          "process 4711 (/usr/bin/seid start --home /var/lib/seid), found",
        )
        .replaceAll(await address(), DOCUMENTED_NODE)
        .replace(/height \d+/, "height 31")
        .replace(/, \d+ blocks ahead/, ", 969 blocks ahead");
      const page = /made by test:systemd -->\n```text\n(.*?)\n```/s.exec(GUIDE)?.[1];
      expect(page).toBe(shown.replaceAll("mock-1", "pacific-1"));
    });

    test("doctor finds the unit from the node's address alone", async () => {
      await startAs("image=v6.6\nflags=--initial-height=3", "active");
      const { lines } = await doctor("");
      expect(lines).toContain("ok    supervisor: systemd (seid.service) supervises it.");
    });

    test("doctor says what a careless unit would do, and what to change", async () => {
      await using _ = await dropIn(
        "RestartPreventExitStatus=\nRestartPreventExitStatus=70-72\nSupplementaryGroups=",
      );
      await startAs("image=v6.6\nflags=--initial-height=3", "active");
      const { lines } = await doctor("--unit seid");
      expect(lines).toContainEqual(
        "TO DO halt: 70, 71 and 72 would be started again by systemd (seid.service), for ever. Add RestartPreventExitStatus=70 71 72 to the unit, as single numbers and no range.",
      );
      expect(lines).toContainEqual(
        "TO DO evidence: The hook runs as sei, who is in no group that may read the journal, so the halt line is lost. Add SupplementaryGroups=systemd-journal to the unit.",
      );
    });

    test("doctor sees exec --announce in a unit, and a unit that is down", async () => {
      const rpc = `127.0.0.1:${await freePort()}`;
      const command = `upgrade-halt exec --announce --home /var/lib/seid --rpc http://${rpc} --policy /run/policy.json -- /run/bin/seid start --home /var/lib/seid`;
      await using _ = await dropIn(`ExecStart=\nExecStart=/run/bin/${command}`);
      await startAs(`image=v6.6\nflags="--initial-height=3 --rpc.laddr=tcp://${rpc}"`, "active");
      const { code, lines } = await doctor("--unit seid");
      expect(lines.filter((line) => line.startsWith("TO DO"))).toEqual([]);
      expect(code).toBe(0);
      await sh("systemctl stop seid");
      const stopped = await doctor("--unit seid", "http://127.0.0.1:1");
      expect(stopped.lines).toContainEqual(
        expect.stringMatching(/^TO DO process: seid\.service does not run\./),
      );
      expect(stopped.lines).toContainEqual(
        expect.stringMatching(/^ok {4}contract: upgrade-halt exec --announce /),
      );
    });

    test("71 stays down, and the hook says so", async () => {
      await startAs("image=v6.7\nflags=--initial-height=3", "failed");
      expect(await show("ExecMainStatus")).toBe("71");
      expect(await show("NRestarts")).toBe("0");
      expect(await journal()).toContain("halted: binary_too_new (plan v6.7");
    });

    test("72 stays down, and the hook pages", async () => {
      await startAs("image=v6.6\nflags=--initial-height=3", "active");
      await passes(3);
      await sh("systemctl stop seid");
      await startAs("image=v6.5", "failed");
      expect(await show("ExecMainStatus")).toBe("72");
      expect(await show("NRestarts")).toBe("0");
      expect(await sh("cat /var/lib/seid/pages")).toBe("downgrade_detected v6.6");
    });

    test("a service that wants a held node starts it again with each restart, and doctor names it", async () => {
      await using _ = await dropIn("Restart=always");
      await write(
        "/run/systemd/system/feeder.service",
        "[Unit]\nWants=seid.service\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sh -c 'sleep 1; exit 1'\nRestart=always\nRestartSec=100ms",
      );
      await write("/run/seid.conf", "echo start >> /run/starts; exit 72");
      await sh("rm -f /run/starts; systemctl daemon-reload; systemctl start feeder");
      try {
        await until("it to be started again", async () => Number(await sh("wc -l < /run/starts")) > 2);
        const { lines } = await doctor("--unit seid", "http://127.0.0.1:1");
        expect(lines).toContain(
          "?     halt: 70, 71 and 72 would stay down under systemd (seid.service), unless feeder.service starts it again. Leave it After= alone in feeder.service: with Requires=, Wants= or BindsTo= each restart there starts this one, too.",
        );
      } finally {
        await sh("systemctl stop feeder; rm /run/systemd/system/feeder.service; systemctl daemon-reload");
      }
    });

    test("a crash restarts, and the hook calls it a crash", async () => {
      await startAs("image=v6.6\nflags=--initial-height=3", "active");
      await address();
      await sh("rm /var/lib/seid/port; systemctl kill --kill-who=main --signal=QUIT seid");
      await address();
      expect(await show("NRestarts")).toBe("1");
      const verdict = "crashed: panic. It exited with 2, as a Go program that panicked does.";
      expect(await journal()).toContain(verdict);
    });

    test("a node that crashes again and again hits the start limit and stays down", async () => {
      await sh("mkdir -p /run/systemd/system/seid.service.d");
      await write("/run/systemd/system/seid.service.d/fast.conf", "[Service]\nRestartSec=10ms");
      await sh("systemctl daemon-reload");
      await startAs("exit 2", "failed");
      expect(await show("Result")).toBe("exit-code");
      expect(await show("NRestarts")).toBe("10");
      expect(await journal()).toContain("Start request repeated too quickly");
    });

    test("a stay-alive halt is active to systemd, and halted to the check", async () => {
      await startAs("image=v6.5\nflags=--halt-stay-alive", "active");
      const check = `/run/bin/upgrade-halt check ${await address()}`;
      const isHalted = async () => (await machine.sh(`${check} --expect-halted`)).code === 0;
      await until("the halt", isHalted, { explain: journal });
      expect((await machine.sh(`${check} --expect-not-halted`)).code).toBe(1);
      expect(await show("ActiveState")).toBe("active");
      await sh("systemctl stop seid");
      expect(await show("ExecMainStatus")).toBe("70");
    });
  },
);
