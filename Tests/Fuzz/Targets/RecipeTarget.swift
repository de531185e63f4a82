import Model

/// A recipe's JSON, and a number as a person writes one.
@Sendable func readRecipe(_ json: [UInt8]) {
    if let recipe = try? Recipe(json: json) { checkRecipe(recipe) }
    if let look = try? Look(json: json) {
        must((try? Look(json: look.json)) == look, "a look was read back as another")
    }
    let text = String(decoding: json.prefix(32), as: UTF8.self)
    if let amount = Amount(text) { must(Amount(amount.description) == amount, "a number was read back as another") }
}

func checkRecipe(_ recipe: Recipe) {
    must(recipe.json.count < 600, "a recipe is longer than any can be")
    guard let again = try? Recipe(json: recipe.json) else { fatalError("a recipe's own JSON is refused") }
    must(again == recipe && again.look == recipe.look && again.json == recipe.json, "a recipe was read back as another")
}
