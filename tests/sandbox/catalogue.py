"""What the two stores sell."""

from dataclasses import dataclass
from datetime import datetime

from tests.sandbox.records import Product, Variant
from tests.sandbox.shops import Platform
from tests.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as the catalogue lists it; prices are minor units."""

    slug: str
    title: str
    subtitle: str
    description: str
    category: str
    drawing: str
    colour: str
    option: str
    variants: tuple[tuple[str, int], ...]
    gift_card: bool = False


_SIZES = "Size"
TIDEWELL_GOODS = (
    Goods("harbour-blend", "Harbour Blend", "House blend, medium roast",
          "Milk chocolate, toasted almond and a soft orange finish. The one we pour all day.",
          "Coffee", "bag", "#0f5c6e", _SIZES, (("250 g", 1800), ("500 g", 3300), ("1 kg", 6200))),
    Goods("colombia-la-esperanza", "Colombia La Esperanza", "Single origin, washed",
          "Red apple, panela and a long cocoa finish. Picked in June, roasted every Tuesday.",
          "Coffee", "bag", "#b5673f", _SIZES, (("250 g", 2100), ("500 g", 3900), ("1 kg", 7400))),
    Goods("ethiopia-guji", "Ethiopia Guji", "Single origin, natural",
          "Blueberry, jasmine and honey. Bright enough to wake a harbour.",
          "Coffee", "bag", "#6b4a73", _SIZES, (("250 g", 2300), ("500 g", 4300))),
    Goods("night-ferry-decaf", "Night Ferry Decaf", "Sugar-cane process",
          "Brown sugar and walnut, without the caffeine. For the last cup of the day.",
          "Coffee", "bag", "#33435c", _SIZES, (("250 g", 1900), ("500 g", 3500))),
    Goods("tasting-set", "Tasting Set", "Three small bags",
          "Harbour Blend, La Esperanza and Guji, 100 g each, with a card of notes.",
          "Equipment and gifts", "box", "#8a6d4b", "Grind", (("Whole bean", 2850), ("For filter", 2850))),
    Goods("stoneware-mug", "Stoneware Mug", "Thrown in Maine",
          "Holds 300 ml and keeps its warmth. Each glaze breaks a little differently.",
          "Equipment and gifts", "mug", "#7f9a98", "Glaze", (("Sea", 2400), ("Sand", 2400))),
    Goods("gooseneck-kettle", "Gooseneck Kettle", "0.9 litre, stove top",
          "A slow, steady pour and a handle that stays cool.",
          "Equipment and gifts", "kettle", "#c4c0b8", "Finish", (("Brushed steel", 9600),)),
    Goods("hand-grinder", "Hand Grinder", "Steel burrs",
          "Twenty seconds for a cup, thirty-six settings, quiet enough for mornings.",
          "Equipment and gifts", "grinder", "#b98d5f", "Finish", (("Oak", 12800),)),
    Goods("glass-server", "Glass Server", "600 ml",
          "Borosilicate glass with a cork collar. Fits most drippers.",
          "Equipment and gifts", "carafe", "#b07d4f", "Size", (("600 ml", 3800),)),
    Goods("cone-filters", "Cone Filters", "Box of 100",
          "Unbleached paper, for one to four cups.",
          "Equipment and gifts", "filters", "#a98a5c", "Size", (("1-2 cups", 900), ("2-4 cups", 1050))),
    Goods("coffee-tin", "Coffee Tin", "Keeps 500 g fresh",
          "An airtight lid and a tide line to show how much is left.",
          "Equipment and gifts", "tin", "#2f5d62", "Size", (("500 g", 1650),)),
    Goods("gift-card", "Gift Card", "By e-mail",
          "For someone who knows what they like. It never expires.",
          "Equipment and gifts", "card", "#0f5c6e", "Amount", (("$25", 2500), ("$50", 5000)), gift_card=True),
)  # fmt: skip

_COLOURS = "色"
MADO_GOODS = (
    Goods("kohiki-meshiwan", "粉引の飯碗", "粉引、径11.5cm",
          "白い化粧土の下から土の色がほのかに透けます。手にのせたときの軽さも、このうつわのよいところです。",
          "うつわ", "bowl", "#7d9188", _COLOURS, (("白", 3300), ("灰", 3300))),
    Goods("torihachi", "取り鉢", "径14cm",
          "煮物にもサラダにも使いやすい深さです。重ねてしまえます。",
          "うつわ", "bowl", "#b79f7c", _COLOURS, (("飴釉", 2200), ("藍", 2420))),
    Goods("hirazara", "七寸の平皿", "径21cm",
          "朝のトーストから夜の焼き魚まで。ふちをすこし立ち上げました。",
          "うつわ", "plate", "#8b9a7b", _COLOURS, (("織部", 4180), ("白", 3960))),
    Goods("tainetsu-mug", "耐熱のマグ", "280ml",
          "直火にかけられる土で作りました。あたため直しもこのままで。",
          "うつわ", "mug", "#9a7f6a", _COLOURS, (("土", 2860), ("鉄", 2860))),
    Goods("kyusu", "横手の急須", "300ml",
          "目の細かい陶製の茶こしつき。深蒸しのお茶もよく出ます。",
          "うつわ", "teapot", "#5c5148", _COLOURS, (("黒", 7480),)),
    Goods("ichirinzashi", "一輪挿し", "高さ16cm",
          "庭の枝をひとつ挿すだけで、窓辺がやわらぎます。",
          "うつわ", "vase", "#a9b7a6", _COLOURS, (("若草", 3080),)),
    Goods("hashioki", "箸置き五つ組", "五色",
          "森の丘をかたどった箸置きです。贈りものにも。",
          "うつわ", "rests", "#6f8f73", "組", (("五つ組", 2750),)),
    Goods("kuri-no-bon", "栗の木のお盆", "径30cm、オイル仕上げ",
          "使うほどに色が深まります。軽く、水にも強い栗の木です。",
          "うつわ", "tray", "#9b6f45", "大きさ", (("30cm", 6600), ("24cm", 5280))),
    Goods("asa-fukin", "麻のふきん", "二枚組",
          "洗うたびにやわらかくなる、糸の太い麻です。",
          "暮らしの道具", "cloth", "#4f7d68", _COLOURS, (("森", 1320), ("墨", 1320))),
    Goods("mitsuro-candle", "蜜蝋のキャンドル", "燃焼およそ12時間",
          "火をともすと、蜂蜜のかすかな香りがします。",
          "暮らしの道具", "candle", "#dcb45f", "大きさ", (("中", 1980),)),
    Goods("take-no-saji", "竹のさじ", "長さ15cm",
          "茶葉にも、珈琲豆にも。手あたりのよい煤竹です。",
          "暮らしの道具", "spoon", "#a8824f", "大きさ", (("15cm", 880),)),
    Goods("mori-no-coffee", "森の珈琲", "中深煎り 200g",
          "くるみと黒糖の余韻。窓の朝に合う味に焙きました。",
          "暮らしの道具", "bag", "#2c6e4f", "挽き方", (("豆のまま", 1680), ("中挽き", 1680))),
)  # fmt: skip

GOODS = {Platform.SHOPIFY: TIDEWELL_GOODS, Platform.WOOCOMMERCE: MADO_GOODS}

_FIRST_PRODUCT = {Platform.SHOPIFY: 8_230_100_000_013, Platform.WOOCOMMERCE: 11}
_PRODUCT_STEP = {Platform.SHOPIFY: 1_048_576, Platform.WOOCOMMERCE: 5}
_VARIANT_OFFSET = {Platform.SHOPIFY: 35_000_000_000_000, Platform.WOOCOMMERCE: 1}


def stock(store: Store, opened_at: datetime) -> None:
    """Put the catalogue into an empty store; ids are the same at every start."""
    platform = store.shop.platform
    with store.quietly(), store.change() as change:
        for place, goods in enumerate(GOODS[platform]):
            number = _FIRST_PRODUCT[platform] + place * _PRODUCT_STEP[platform]
            first = number + _VARIANT_OFFSET[platform]
            variants = [
                Variant(first + i, title, f"{goods.slug}-{i + 1}".upper(), price)
                for i, (title, price) in enumerate(goods.variants)
            ]
            if platform is Platform.WOOCOMMERCE and len(variants) == 1:
                # A simple WooCommerce product has no variations: what is bought is the product itself.
                variants[0].id = number
            change.put(
                Product(
                    id=number,
                    slug=goods.slug,
                    title=goods.title,
                    subtitle=goods.subtitle,
                    description=goods.description,
                    category=goods.category,
                    option=goods.option,
                    drawing=goods.drawing,
                    colour=goods.colour,
                    created_at=opened_at,
                    variants=variants,
                    gift_card=goods.gift_card,
                )
            )
