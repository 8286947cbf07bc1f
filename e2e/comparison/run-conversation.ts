import type { KubeConfig } from "@kubernetes/client-node";
import { until } from "@upgrade-halt/testing";
import { rawRequest } from "../harness/raw-request.ts";
import type { Answer, Conversation, Step } from "./conversation.ts";

/**
 * Holds a conversation with one API server in a namespace of its own, which is deleted at the end.
 *
 * @returns the answers, by step.
 */
export async function runConversation(
  config: KubeConfig,
  { name, steps }: Conversation,
): Promise<ReadonlyMap<string, Answer>> {
  const namespace = `compare-${name}`;
  const answers = new Map<string, Answer>();
  await expectCreated(config, namespace);
  try {
    for (const step of steps) answers.set(step.name, await take(config, step, namespace, answers));
  } finally {
    await rawRequest(config, { method: "DELETE", path: `/api/v1/namespaces/${namespace}` });
  }
  return answers;
}

async function expectCreated(config: KubeConfig, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  const created = await rawRequest(config, { method: "POST", path: "/api/v1/namespaces", body });
  if (created.status !== 201) throw new Error(`namespace ${name}: ${created.status} ${created.text}`);
  const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  await until(
    `the default ServiceAccount of ${name}`,
    async () => (await rawRequest(config, { method: "GET", path })).status === 200,
  );
}

async function take(
  config: KubeConfig,
  step: Step,
  namespace: string,
  answers: ReadonlyMap<string, Answer>,
): Promise<Answer> {
  const earlier = (name: string): Answer["body"] => {
    const answer = answers.get(name);
    if (!answer) throw new Error(`${step.name} speaks of ${name}, which is no earlier step`);
    return answer.body;
  };
  const path = typeof step.path === "function" ? step.path(earlier) : step.path;
  const body = typeof step.body === "function" ? step.body(earlier) : step.body;
  const headers = typeof step.headers === "function" ? step.headers(earlier) : step.headers;
  const request = {
    method: step.method ?? "GET",
    path: path.replaceAll("$ns", namespace),
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
  };
  const send = async (): Promise<Answer> => answerOf(await rawRequest(config, request));
  const { until: satisfied } = step;
  if (!satisfied) return send();
  return until(step.name, async () => {
    const answer = await send();
    return satisfied(answer) && answer;
  });
}

function answerOf({ status, headers, text }: Awaited<ReturnType<typeof rawRequest>>): Answer {
  const type = String(headers["content-type"] ?? "").split(";")[0] ?? "";
  return { status, type, body: bodyOf(text) };
}

/** One JSON document, or the documents of a watch's lines, or the text itself. */
function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const lines = text.trim().split("\n");
    try {
      return lines.map((line) => JSON.parse(line));
    } catch {
      return text;
    }
  }
}
