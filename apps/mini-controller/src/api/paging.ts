import { z } from "zod";
import { cel } from "./validation.ts";

/** A value kept in a Secret of the policy's namespace. */
export const SecretKeyRefSchema = z
  .object({
    name: z.string().min(1).max(253).meta({ description: "Name of a Secret in the policy's namespace." }),
    key: z.string().min(1).max(253).meta({ description: "Key in the Secret's data." }),
  })
  .meta({ description: "Where a Secret holds the value." });
export type SecretKeyRef = z.infer<typeof SecretKeyRefSchema>;

const url = z
  .string()
  .max(2048)
  .regex(/^https?:\/\//)
  .optional()
  .meta({ description: "http(s) URL. Use urlSecretRef when the URL itself is a secret." });

const oneUrl = cel({
  rule: "has(self.url) != has(self.urlSecretRef)",
  message: "give exactly one of url and urlSecretRef",
});

const WebhookSchema = z
  .object({
    url,
    urlSecretRef: SecretKeyRefSchema.optional(),
    hmacSecretRef: SecretKeyRefSchema.optional().meta({
      description: "Key of the HMAC-SHA256 signature in the header Upgrade-Halt-Signature.",
    }),
  })
  .meta({
    description:
      "POSTs the page as JSON, and later that it is over. Idempotency-Key tells a message that comes again.",
    ...oneUrl,
  });

const AlertmanagerSchema = z.object({ url, urlSecretRef: SecretKeyRefSchema.optional() }).meta({
  description:
    "Base URL of an Alertmanager; the page is POSTed to /api/v2/alerts below it, again and again until it is over.",
  ...oneUrl,
});

const PagerDutySchema = z
  .object({
    routingKeySecretRef: SecretKeyRefSchema,
    url: url.meta({
      description: "Events API v2 endpoint; https://events.pagerduty.com/v2/enqueue when absent.",
    }),
  })
  .meta({ description: "PagerDuty Events API v2; the page's stable key is its dedup_key." });

/** Where pages go: exactly one of the three. */
export const PagingTargetSchema = z
  .object({
    webhook: WebhookSchema.optional(),
    alertmanager: AlertmanagerSchema.optional(),
    pagerDuty: PagerDutySchema.optional(),
  })
  .meta({
    description: "Where a page goes.",
    ...cel({
      rule: "[has(self.webhook), has(self.alertmanager), has(self.pagerDuty)].filter(given, given).size() == 1",
      message: "give exactly one of webhook, alertmanager and pagerDuty",
    }),
  });
export type PagingTarget = z.infer<typeof PagingTargetSchema>;
