import { providerContract } from "../handoff/contract.ts";
import type { HandoffName } from "../handoff/provider.ts";
import { TestDesk, type TestPage } from "../testing/desk-house.ts";

providerContract("the desk", async (parts) => {
  const at = await TestDesk.open(parts);
  const [robin, sam] = [await at.available("robin"), await at.available("sam")] as const;
  /** Who has it. */
  const owner = ({ id }: HandoffName): TestPage => {
    const person = at.conversations.find(({ handoff }) => handoff === id)?.person;
    return person === sam.id ? sam : robin;
  };
  const done = async (answer: Promise<string>) => {
    const what = await answer;
    if (what !== "done") throw new Error(what);
  };
  return {
    provider: at.desk,
    open: async () => at.conversations.map(({ handoff }) => handoff),
    join: (name) => done(owner(name).ask({ type: "take", handoff: name.id })),
    say: (name, text, key) => done(owner(name).ask({ type: "say", handoff: name.id, text, key })),
    async passOn(name) {
      const [from, to] = owner(name) === robin ? [robin, sam] : [sam, robin];
      await done(from.ask({ type: "transfer", handoff: name.id, to: { person: to.id } }));
      await done(to.ask({ type: "take", handoff: name.id }));
    },
    giveBack: (name) => done(owner(name).ask({ type: "give_back", handoff: name.id })),
    close: (name) => done(owner(name).ask({ type: "end", handoff: name.id })),
  };
});
