/** Names and values of something; what has no value is left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, fact: string | undefined])[] }) {
  return (
    <dl class="facts">
      {facts.map(
        ([name, fact]) =>
          fact !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <bdi>{fact}</bdi>
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}
