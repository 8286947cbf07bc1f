import { expect, test } from "vitest";
import { engineClientOf, engineHelperOf } from "./engine-client.ts";

const clientIn = (command: string) => engineClientOf(command.split(" "));

test.each([
  ["docker run --restart=always --name sei sei:v6.6", "docker run", /^--restart=always has the engine/],
  ["docker run --restart unless-stopped sei:v6.6", "docker run", /^--restart=unless-stopped/],
  ["docker container run --restart on-failure:3 sei", "docker run", /^--restart=on-failure:3/],
  ["podman run --rm --sdnotify=conmon --restart=always -d sei", "podman run", /^--restart=always/],
  ["/usr/bin/docker run -itd sei", "docker run", /leaves the container behind/],
  ["docker run --detach sei", "docker run", /leaves/],
  ["podman run -d sei", "podman run", /leaves/],
  ["docker start sei", "docker start", /leaves/],
  ["docker exec -d sei seid start", "docker exec", /leaves/],
  ["docker wait sei", "docker wait", /no exit code/],
  ["docker compose -f /srv/compose.yml up", "docker compose up", /no exit code/],
  ["docker --context sei compose up --build seid", "docker compose up", /no exit code/],
  ["docker-compose up", "docker-compose up", /no exit code/],
  ["podman-compose --in-pod 1 up", "podman-compose up", /no exit code/],
  ["nerdctl compose up", "nerdctl compose up", /no exit code/],
  ["podman kube play --replace sei.yaml", "podman kube", /no exit code/],
  ["docker compose run -d seid", "docker compose run", /leaves/],
])("%s hands no exit code on", (command, name, hides) => {
  expect(clientIn(command)).toMatchObject({ kind: "client", name, hides: expect.stringMatching(hides) });
});

test.each([
  ["docker run --rm --name sei -e A=b sei:v6.6 seid start -d --restart=always", "docker run", "sei"],
  ["docker run --restart=no sei", "docker run", undefined],
  ["nerdctl run --name=sei sei", "nerdctl run", "sei"],
  ["docker start -a sei", "docker start", "sei"],
  ["docker start --attach --interactive sei", "docker start", "sei"],
  ["docker attach sei", "docker attach", "sei"],
  ["podman start sei", "podman start", "sei"],
  [
    "/usr/bin/podman run --cidfile=/run/x.ctr-id --cgroups=no-conmon --rm --sdnotify=conmon --replace -d --name sei sei",
    "podman run",
    "sei",
  ],
  ["docker compose up --exit-code-from seid", "docker compose up", undefined],
  ["docker compose run --rm seid start", "docker compose run", undefined],
])("%s may hand an exit code on", (command, name, container) => {
  const client = clientIn(command);
  expect(client).toMatchObject({ kind: "client", name });
  expect([client?.container, client?.hides]).toEqual([container, undefined]);
});

test.each(["seid start", "docker", "docker ps", "dockerd run", "docker-proxy run", "run docker"])(
  "%s starts no container",
  (command) => {
    expect(clientIn(command)).toBeUndefined();
  },
);

test.each(["docker", "docker-compose", "docker-proxy", "rootlessport"])("%s is no node", (program) => {
  expect(engineHelperOf(program)).toMatchObject({ kind: "client", hides: expect.any(String) });
});

test("Podman's monitor ends as its container does", () => {
  expect(engineHelperOf("conmon")).toEqual({ kind: "client", name: "conmon" });
  expect(engineHelperOf("seid")).toBeUndefined();
});
