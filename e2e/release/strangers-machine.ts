import { copyFile, mkdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { until } from "@upgrade-halt/testing";
import { expect } from "vitest";
import { bootMachine, TREE_INSIDE } from "../systemd/machine.ts";

const ROOT = join(import.meta.dirname, "../..");
/** A booted machine sees the checkout and nothing else of this one's files. */
const SEEN = join(ROOT, "e2e/test-results/released.deb");
const UNIT = "upgrade-halt@seid";
/** What any node says that is older than what its chain applied last. */
const DOWNGRADED = `#!/bin/sh
echo 'panic: Wrong app version 0, upgrade handler is missing for v6.7 upgrade plan' >&2
exit 72
`;

/** Installs a Debian package on a machine with systemd, runs a downgraded node in its unit, and answers with what the journal says of it. */
export async function journalOfDowngrade(deb: string): Promise<string> {
  await mkdir(join(SEEN, ".."), { recursive: true });
  await copyFile(deb, SEEN);
  try {
    await using machine = await bootMachine({ writable: true });
    const must = async (script: string): Promise<string> => {
      const { code, output } = await machine.sh(script);
      expect({ code, output }, script).toMatchObject({ code: 0 });
      return output.trim();
    };
    const show = (property: string) => must(`systemctl show ${UNIT} --property=${property} --value`);
    await must(`dpkg --install ${join(TREE_INSIDE, relative(ROOT, SEEN))}
      echo 'seid:x:989:989::/var/lib/seid:/usr/sbin/nologin' >> /run/accounts/passwd
      echo 'seid:x:989:' >> /run/accounts/group
      cat > /usr/bin/seid <<'END_OF_FILE'\n${DOWNGRADED}END_OF_FILE
      chmod +x /usr/bin/seid`);
    await must(`systemctl start ${UNIT}`);
    await until(`${UNIT} to have failed`, async () => (await show("ActiveState")) === "failed");
    expect(await show("ExecMainStatus")).toBe("72");
    expect(await show("NRestarts")).toBe("0");
    return await must(`journalctl -u ${UNIT} --output=cat --no-pager`);
  } finally {
    await rm(SEEN, { force: true });
  }
}
