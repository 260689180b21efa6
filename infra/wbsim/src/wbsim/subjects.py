"""Subjects and their parent categories, in the languages in which WB names them."""

from typing import Literal, NamedTuple

Locale = Literal["ru", "en", "zh"]


class Parent(NamedTuple):
    """A parent category."""

    id: int
    names: dict[Locale, str]


class Subject(NamedTuple):
    """A subject; `parent` is the Russian name of its category."""

    id: int
    parent: str
    names: dict[Locale, str]


def _named(russian: str, english: str, chinese: str) -> dict[Locale, str]:
    return {"ru": russian, "en": english, "zh": chinese}


PARENTS = {
    russian: Parent(number, _named(russian, english, chinese))
    for number, russian, english, chinese in (
        (1, "Одежда", "Clothing", "服装"),
        (4, "Обувь", "Shoes", "鞋类"),
        (16, "Дом", "Home", "家居"),
        (17, "Посуда", "Tableware", "餐具"),
        (3, "Аксессуары", "Accessories", "配饰"),
        (1165, "Освещение", "Lighting", "照明"),
        (657, "Бытовая техника", "Home appliances", "家用电器"),
        (515, "Электроника", "Electronics", "电子产品"),
        (543, "Красота", "Beauty", "美容"),
        (5, "Игрушки", "Toys", "玩具"),
        (784, "Спорт", "Sports", "运动"),
        (6119, "Зоотовары", "Pet supplies", "宠物用品"),
    )
}

SUBJECTS = tuple(
    Subject(number, parent, _named(russian, english, chinese))
    for number, parent, russian, english, chinese in (
        (192, "Одежда", "Футболки", "T-shirts", "T恤"),
        (105, "Обувь", "Кроссовки", "Sneakers", "运动鞋"),
        (177, "Одежда", "Худи", "Hoodies", "连帽衫"),
        (69, "Одежда", "Платья", "Dresses", "连衣裙"),
        (396, "Дом", "Комплекты постельного белья", "Bedding sets", "床上用品套装"),
        (812, "Посуда", "Термокружки", "Travel mugs", "保温杯"),
        (593, "Аксессуары", "Рюкзаки", "Backpacks", "背包"),
        (2674, "Дом", "Органайзеры для хранения", "Storage organizers", "收纳盒"),
        (1240, "Освещение", "Настольные лампы", "Table lamps", "台灯"),
        (3100, "Бытовая техника", "Кухонные весы", "Kitchen scales", "厨房秤"),
        (515, "Электроника", "Чехлы для телефонов", "Phone cases", "手机壳"),
        (724, "Красота", "Кремы для рук", "Hand creams", "护手霜"),
        (1851, "Игрушки", "Развивающие игрушки", "Educational toys", "益智玩具"),
        (940, "Спорт", "Коврики для йоги", "Yoga mats", "瑜伽垫"),
        (338, "Одежда", "Носки", "Socks", "袜子"),
        (2210, "Зоотовары", "Лежанки для животных", "Pet beds", "宠物床"),
        # Nobody here sells these: WB lists all that can be sold.
        (6461, "Бытовая техника", "Утюги", "Irons", "熨斗"),
        (11, "Одежда", "Джинсы", "Jeans", "牛仔裤"),
        (104, "Обувь", "Ботинки", "Boots", "靴子"),
        (1405, "Игрушки", "Конструкторы", "Construction sets", "积木"),
        (287, "Аксессуары", "Ремни", "Belts", "腰带"),
        (3756, "Красота", "Шампуни", "Shampoos", "洗发水"),
    )
)
