import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { until } from "@upgrade-halt/testing";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { proof } from "../harness/proof.ts";
import { bootMachine, type Machine, TREE_INSIDE, whyNoMachine } from "../systemd/machine.ts";
import { debianIn, OUT } from "./built.ts";

const ROOT = join(import.meta.dirname, "../..");
const GUIDE = readFileSync(join(ROOT, "docs/guides/systemd.md"), "utf8");
const TEMPLATE = readFileSync(join(ROOT, "apps/executable/debian/upgrade-halt@.service"), "utf8");
const UNIT = "upgrade-halt@seid";
const PLANS = JSON.stringify([{ name: "v6.6", height: 3, info: "" }]);

proof("the template unit is the guide's unit, and names nobody to page", ["DEBIAN"], () => {
  const [, guide = ""] = /file: seid\.service -->\n```ini\n(.*?)^```$/ms.exec(GUIDE) ?? [];
  const settings = (unit: string) =>
    unit.split("\n").filter((line) => line !== "" && !/^(#|Description=)/.test(line));
  expect(settings(TEMPLATE.replaceAll("%i", "seid"))).toEqual(
    settings(
      guide
        .replace("User=sei\n", "User=seid\n")
        .replace(" --on downgrade_detected /usr/local/bin/page-me", ""),
    ),
  );
});

const reason = whyNoMachine();
describe.skipIf(reason !== undefined)(
  `the Debian package on a real systemd${reason ? ` (${reason})` : ""}`,
  () => {
    let machine: Machine;
    let deb: string;

    beforeAll(async () => {
      deb = inside(debianIn(OUT));
      machine = await bootMachine({ writable: true });
      const node = `. /run/seid.conf
exec ${TREE_INSIDE}/node_modules/node/bin/node ${TREE_INSIDE}/apps/mock-node/bin/mock-node.js "$@" --plans /run/plans.json \\
  --rpc.laddr tcp://127.0.0.1:0 --port-file /var/lib/seid/port --block-time 50ms --image "sei:$image"`;
      await write("/usr/bin/seid", `#!/bin/sh\n${node}`);
      await write("/run/plans.json", PLANS);
      await must(`chmod +x /usr/bin/seid
      echo 'seid:x:989:989::/var/lib/seid:/usr/sbin/nologin' >> /run/accounts/passwd
      echo 'seid:x:989:' >> /run/accounts/group
      systemd-run --unit=bystander sleep infinity`);
    });
    afterAll(() => machine?.[Symbol.asyncDispose]());

    async function must(script: string): Promise<string> {
      const { code, output } = await machine.sh(script);
      expect({ code, output }, script).toMatchObject({ code: 0 });
      return output.trim();
    }

    async function write(path: string, content: string): Promise<void> {
      await must(`cat > '${path}' <<'END_OF_FILE'\n${content}\nEND_OF_FILE`);
    }

    const show = (unit: string, property: string) =>
      must(`systemctl show ${unit} --property=${property} --value`);

    async function startAs(image: string, state: string): Promise<void> {
      await write("/run/seid.conf", `image=${image}`);
      await must(`systemctl reset-failed ${UNIT} 2>/dev/null; systemctl start ${UNIT}`);
      await until(`${UNIT} to be ${state}`, async () => (await show(UNIT, "ActiveState")) === state, {
        explain: async () => (await machine.sh(`journalctl -u ${UNIT} -n 30 --no-pager`)).output,
      });
    }

    async function height(): Promise<number> {
      const asked = "upgrade-halt status --json http://127.0.0.1:$(cat /var/lib/seid/port) 2>/dev/null";
      const { code, output } = await machine.sh(asked);
      return code === 0 ? JSON.parse(output).verdict.height : 0;
    }

    /** What runs, and since when: a restart would change it. */
    async function running(): Promise<readonly string[]> {
      return Promise.all([UNIT, "bystander"].map((unit) => show(unit, "MainPID")));
    }

    proof(
      "is installed, holds a node that halts and tells why, is upgraded under it, and leaves nothing when it is purged",
      ["DEBIAN"],
      async () => {
        const before = await must("find /etc/systemd /usr/lib/systemd /usr/share/man/man1 | sort");
        await must(`dpkg --install ${deb}`);
        const version = await must("env -i /usr/bin/upgrade-halt --version");
        expect(version).toMatch(/^upgrade-halt \d+\.\d+\.\d+/);
        const plugin = await must("env -i /usr/bin/kubectl-upgrade_halt --version");
        expect(plugin).toBe(`kubectl ${version}`);
        const completed = await must("env -i /usr/bin/kubectl_complete-upgrade_halt ''");
        expect(completed.split("\n")).toEqual(expect.arrayContaining([expect.stringMatching(/^why\b/)]));
        const files = (await must("dpkg --listfiles upgrade-halt")).split("\n");
        expect(files).toEqual(
          expect.arrayContaining([
            "/usr/bin/kubectl-upgrade_halt",
            "/usr/bin/kubectl_complete-upgrade_halt",
            "/usr/bin/upgrade-halt",
            "/usr/lib/systemd/system/upgrade-halt@.service",
            "/usr/share/bash-completion/completions/upgrade-halt",
            "/usr/share/fish/vendor_completions.d/upgrade-halt.fish",
            "/usr/share/man/man1/kubectl-upgrade_halt.1.gz",
            "/usr/share/man/man1/upgrade-halt.1.gz",
            "/usr/share/zsh/vendor-completions/_upgrade-halt",
          ]),
        );

        await startAs("v6.5", "failed");
        expect(await show(UNIT, "ExecMainStatus")).toBe("70");
        expect(await show(UNIT, "NRestarts")).toBe("0");
        expect(await must(`journalctl -u ${UNIT} --output=cat --no-pager`)).toContain(
          "halted: upgrade_required (plan v6.6 at height 3). It halted for upgrade_required (plan v6.6 at height 3), as exit-code, plan-line agree.",
        );

        await startAs("v6.6", "active");
        const pids = await running();
        await must(`mkdir /run/next; cd /run/next; dpkg-deb --raw-extract ${deb} root
        sed -i 's/^Version: .*/Version: 99.0.0/' root/DEBIAN/control
        dpkg-deb --root-owner-group -Znone --build root next.deb; rm -r root
        dpkg --install next.deb`);
        expect(await must("dpkg-query --status upgrade-halt | sed -n 's/^Version: //p'")).toBe("99.0.0");
        expect(await running()).toEqual(pids);

        for (const how of ["--remove", "--purge"]) {
          const refused = await machine.sh(`dpkg ${how} upgrade-halt 2>&1`);
          expect(refused.code).not.toBe(0);
          expect(refused.output).toContain(
            `upgrade-halt is not removed, for a unit that runs needs it: ${UNIT}.service. Stop it, or take upgrade-halt out of it, first.`,
          );
          await must("test -x /usr/bin/upgrade-halt");
        }
        expect(await running()).toEqual(pids);

        await until("the node to pass the plan's height", async () => (await height()) > 3);
        await must(`systemctl stop ${UNIT}`);
        await startAs("v6.5", "failed");
        expect(await show(UNIT, "ExecMainStatus")).toBe("72");
        expect(await show(UNIT, "NRestarts")).toBe("0");
        expect(await must(`journalctl -u ${UNIT} --output=cat --no-pager`)).toContain(
          "halted: downgrade_detected (plan v6.6",
        );
        expect(await must("env -i /usr/bin/upgrade-halt explain 72")).toMatch(/^72 is downgrade_detected: /);
        expect(await show("bystander", "MainPID")).toBe(pids[1]);

        await must(`systemctl enable ${UNIT}; systemctl stop ${UNIT}; dpkg --purge upgrade-halt`);
        expect(await show("bystander", "MainPID")).toBe(pids[1]);
        expect((await machine.sh("dpkg-query --status upgrade-halt")).code).not.toBe(0);
        expect(await must("find /etc/systemd /usr/lib/systemd /usr/share/man/man1 | sort")).toBe(before);
        const left = await machine.sh(
          `ls -d ${files.filter((file) => /upgrade-halt/.test(file)).join(" ")} 2>/dev/null`,
        );
        expect(left.output).toBe("");
      },
    );
  },
);

function inside(path: string): string {
  return join(TREE_INSIDE, relative(ROOT, path));
}
