"""Every network of the zoo has exactly the parameters, multiply-accumulates and output that are published for it."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import torch
import yaml
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archspec.places import zoo
from archspec.spec import load


class Facts(NamedTuple):
    """Parameters, multiply-accumulates of one sample in the eval phase, and the first output's shape, at its input."""

    params: int
    macs: int
    output: tuple[int, ...]


# Kept apart from the specs on purpose: a spec and its `reference` can't drift together.
PUBLISHED = {
    "alexnet": Facts(61_100_840, 714_188_480, (1000,)),  # torchvision
    "convnext_base": Facts(88_591_464, 15_354_729_472, (1000,)),  # torchvision
    "convnext_large": Facts(197_767_336, 34_361_433_600, (1000,)),  # torchvision
    "convnext_small": Facts(50_223_688, 8_683_712_256, (1000,)),  # torchvision
    "convnext_tiny": Facts(28_589_128, 4_455_531_264, (1000,)),  # torchvision
    "deit_base": Facts(86_567_656, 17_563_828_224, (1000,)),  # timm
    "deit_base_distilled": Facts(87_338_192, 17_656_811_520, (1000,)),  # timm
    "deit_small": Facts(22_050_664, 4_598_882_304, (1000,)),  # timm
    "deit_small_distilled": Facts(22_436_432, 4_624_140_288, (1000,)),  # timm, with both heads
    "deit_tiny": Facts(5_717_416, 1_253_683_200, (1000,)),  # timm
    "deit_tiny_distilled": Facts(5_910_800, 1_261_003_776, (1000,)),  # timm
    "densenet121": Facts(7_978_856, 2_834_161_664, (1000,)),  # torchvision
    "densenet161": Facts(28_681_000, 7_727_907_072, (1000,)),  # torchvision
    "densenet169": Facts(14_149_480, 3_359_843_328, (1000,)),  # torchvision
    "densenet201": Facts(20_013_928, 4_291_365_888, (1000,)),  # torchvision
    "efficientnet_b0": Facts(5_288_548, 385_814_752, (1000,)),  # torchvision
    "efficientnet_b1": Facts(7_794_184, 686_802_832, (1000,)),  # torchvision
    "efficientnet_b2": Facts(9_109_994, 1_087_529_456, (1000,)),  # torchvision
    "efficientnet_b3": Facts(12_233_232, 1_827_141_392, (1000,)),  # torchvision
    "efficientnet_b4": Facts(19_341_616, 4_393_771_024, (1000,)),  # torchvision
    "efficientnet_b5": Facts(30_389_784, 10_266_384_752, (1000,)),  # torchvision
    "efficientnet_b6": Facts(43_040_704, 19_067_593_536, (1000,)),  # torchvision
    "efficientnet_b7": Facts(66_347_960, 37_745_884_192, (1000,)),  # torchvision
    "efficientnet_v2_l": Facts(118_515_272, 56_079_699_008, (1000,)),  # torchvision
    "efficientnet_v2_m": Facts(54_139_356, 24_582_460_384, (1000,)),  # torchvision
    "efficientnet_v2_s": Facts(21_458_488, 8_365_617_152, (1000,)),  # torchvision
    "ese_vovnet19b_slim": Facts(3_166_136, 1_680_214_784, (1000,)),  # timm
    "ese_vovnet39b": Facts(24_568_936, 7_074_193_408, (1000,)),  # timm
    "ese_vovnet57b": Facts(38_608_936, 8_932_110_336, (1000,)),  # timm
    "ghostnet": Facts(5_182_508, 141_150_512, (1000,)),  # timm ghostnet_100
    "ghostnet_050": Facts(2_587_292, 42_328_152, (1000,)),  # timm
    "ghostnet_130": Facts(7_358_820, 227_003_256, (1000,)),  # timm
    "googlenet": Facts(13_385_816, 1_582_671_872, (1000,)),  # torchvision with the paper's 5x5, and both training heads
    "hrnet_w18": Facts(21_299_004, 4_283_537_072, (1000,)),  # timm
    "hrnet_w30": Facts(37_712_220, 8_105_781_680, (1000,)),  # timm
    "hrnet_w32": Facts(41_232_680, 8_921_133_056, (1000,)),  # timm
    "hrnet_w40": Facts(57_557_160, 12_691_997_440, (1000,)),  # timm
    "hrnet_w44": Facts(67_064_984, 14_883_104_960, (1000,)),  # timm
    "hrnet_w48": Facts(77_469_864, 17_277_996_032, (1000,)),  # timm
    "hrnet_w64": Facts(128_059_944, 28_895_395_840, (1000,)),  # timm
    "inception_resnet_v2": Facts(55_843_464, 13_155_794_016, (1000,)),  # timm
    "inception_v2": Facts(11_295_240, 2_032_600_064, (1000,)),  # BN-Inception of two public collections, with biases
    "inception_v3": Facts(27_161_264, 5_713_216_096, (1000,)),  # torchvision, with its training head
    "inception_v4": Facts(42_679_816, 12_253_974_624, (1000,)),  # timm
    "lenet5": Facts(61_706, 416_520, (10,)),  # the paper's layers, with every connection of c3
    "mixnet_l": Facts(7_329_252, 555_251_792, (1000,)),  # timm
    "mixnet_m": Facts(5_014_382, 339_172_672, (1000,)),  # timm
    "mixnet_s": Facts(4_134_606, 239_173_360, (1000,)),  # timm
    "mnasnet0_5": Facts(2_218_512, 104_455_968, (1000,)),  # torchvision
    "mnasnet0_75": Facts(3_170_208, 215_493_104, (1000,)),  # torchvision
    "mnasnet1_0": Facts(4_383_312, 314_415_872, (1000,)),  # torchvision
    "mnasnet1_3": Facts(6_282_256, 526_362_432, (1000,)),  # torchvision
    "mobilenet_v1": Facts(4_231_976, 568_740_352, (1000,)),  # timm mobilenetv1_100
    "mobilenet_v1_125": Facts(6_270_840, 879_516_800, (1000,)),  # timm mobilenetv1_125
    "mobilenet_v2": Facts(3_504_872, 300_774_272, (1000,)),  # torchvision
    "mobilenet_v3_large": Facts(5_483_032, 216_589_760, (1000,)),  # torchvision
    "mobilenet_v3_small": Facts(2_542_856, 56_510_400, (1000,)),  # torchvision
    "mobilenext": Facts(3_535_416, 311_342_592, (1000,)),  # its authors' code
    "multi_head_attention": Facts(1_050_624, 71_303_168, (64, 512)),  # torch.nn.MultiheadAttention
    "nin": Facts(7_595_176, 1_100_188_800, (1000,)),  # the layers of its authors' file for Caffe
    "nin_cifar10": Facts(966_986, 222_486_528, (10,)),  # the layers of its authors' file
    "osnet_x0_25": Facts(714_864, 82_314_880, (512,)),  # its authors, with 1000 classes in training
    "osnet_x0_5": Facts(1_143_034, 272_899_328, (512,)),  # its authors, with 1000 classes in training
    "osnet_x0_75": Facts(1_798_754, 571_752_192, (512,)),  # its authors, with 1000 classes in training
    "osnet_x1_0": Facts(2_682_508, 978_875_392, (512,)),  # its authors, with 1000 classes in training
    "regnet_x_16gf": Facts(54_278_536, 15_940_755_456, (1000,)),  # torchvision
    "regnet_x_1_6gf": Facts(9_190_136, 1_602_849_792, (1000,)),  # torchvision
    "regnet_x_32gf": Facts(107_811_560, 31_735_929_792, (1000,)),  # torchvision
    "regnet_x_3_2gf": Facts(15_296_552, 3_176_621_952, (1000,)),  # torchvision
    "regnet_x_400mf": Facts(5_495_976, 413_812_608, (1000,)),  # torchvision
    "regnet_x_800mf": Facts(7_259_656, 799_699_712, (1000,)),  # torchvision
    "regnet_x_8gf": Facts(39_572_648, 7_995_132_416, (1000,)),  # torchvision
    "regnet_y_128gf": Facts(644_812_894, 127_517_815_680, (1000,)),  # torchvision
    "regnet_y_16gf": Facts(83_590_140, 15_911_510_272, (1000,)),  # torchvision
    "regnet_y_1_6gf": Facts(11_202_430, 1_612_076_160, (1000,)),  # torchvision
    "regnet_y_32gf": Facts(145_046_770, 32_279_552_832, (1000,)),  # torchvision
    "regnet_y_3_2gf": Facts(19_436_338, 3_176_482_752, (1000,)),  # torchvision
    "regnet_y_400mf": Facts(4_344_144, 401_842_848, (1000,)),  # torchvision
    "regnet_y_800mf": Facts(6_432_512, 833_856_256, (1000,)),  # torchvision
    "regnet_y_8gf": Facts(39_381_472, 8_473_070_592, (1000,)),  # torchvision
    "repvgg_a0": Facts(9_108_968, 1_512_581_120, (1000,)),  # timm, as trained
    "repvgg_a1": Facts(14_092_264, 2_626_488_320, (1000,)),  # timm, as trained
    "repvgg_a2": Facts(28_210_600, 5_685_345_280, (1000,)),  # timm, as trained
    "repvgg_b0": Facts(15_817_960, 3_397_191_680, (1000,)),  # timm, as trained
    "repvgg_b1": Facts(57_415_016, 13_128_089_600, (1000,)),  # timm, as trained
    "repvgg_b1g4": Facts(39_966_056, 8_118_517_760, (1000,)),  # timm, as trained
    "repvgg_b2": Facts(89_022_376, 20_418_170_880, (1000,)),  # timm, as trained
    "repvgg_b2g4": Facts(61_758_376, 12_590_714_880, (1000,)),  # timm, as trained
    "repvgg_b3": Facts(123_085_288, 29_120_696_320, (1000,)),  # timm, as trained
    "repvgg_b3g4": Facts(83_825_128, 17_849_159_680, (1000,)),  # timm, as trained
    "repvgg_d2se": Facts(133_334_836, 74_437_325_312, (1000,)),  # timm, as trained
    "resnet101": Facts(44_549_160, 7_801_405_440, (1000,)),  # torchvision
    "resnet152": Facts(60_192_808, 11_513_626_624, (1000,)),  # torchvision
    "resnet18": Facts(11_689_512, 1_814_073_344, (1000,)),  # torchvision
    "resnet34": Facts(21_797_672, 3_663_761_408, (1000,)),  # torchvision
    "resnet50": Facts(25_557_032, 4_089_184_256, (1000,)),  # torchvision
    "resnet50_cbam": Facts(28_089_624, 4_095_573_110, (1000,)),  # pytorchcv cbam_resnet50
    "resnet50_gc": Facts(28_078_773, 4_097_896_448, (1000,)),  # the paper: 28.08 M
    "resnet50_nonlocal": Facts(32_911_400, 6_891_814_912, (1000,)),  # the paper, five blocks
    "resnet50_scse": Facts(45_714_360, 4_114_823_168, (1000,)),  # the paper, in every block
    "resnet50_se": Facts(28_088_024, 4_091_699_200, (1000,)),  # timm seresnet50
    "resnext101_32x8d": Facts(88_791_336, 16_414_015_488, (1000,)),  # torchvision
    "resnext101_64x4d": Facts(83_455_272, 15_460_270_080, (1000,)),  # torchvision
    "resnext50_32x4d": Facts(25_028_904, 4_230_479_872, (1000,)),  # torchvision
    "retinanet_resnet50": Facts(37_968_692, 149_194_714_112, (720, 100, 100)),  # its authors: P6 from C5, 80 classes
    "se_resnet101": Facts(49_326_872, 7_574_937_600, (1000,)),  # timm legacy_seresnet101
    "se_resnet152": Facts(66_821_848, 11_288_993_792, (1000,)),  # timm legacy_seresnet152
    "se_resnet18": Facts(11_778_592, 1_814_160_384, (1000,)),  # timm legacy_seresnet18
    "se_resnet34": Facts(21_958_868, 3_663_918_592, (1000,)),  # timm legacy_seresnet34
    "se_resnet50": Facts(28_088_024, 3_860_488_192, (1000,)),  # timm legacy_seresnet50
    "se_resnext101_32x4d": Facts(48_955_416, 7_974_739_968, (1000,)),  # timm legacy_seresnext101_32x4d
    "se_resnext50_32x4d": Facts(27_559_896, 4_232_994_816, (1000,)),  # timm legacy_seresnext50_32x4d
    "segnet": Facts(29_453_971, 325_545_099_264, (19, 512, 1024)),  # a port for street scenes, 19 classes
    "senet154": Facts(115_088_984, 20_688_363_520, (1000,)),  # timm legacy_senet154
    "shufflenet_v1": Facts(1_865_728, 137_460_672, (1000,)),  # pytorchcv shufflenet_g3_w1
    "shufflenet_v1_g1": Facts(1_531_936, 143_078_976, (1000,)),  # pytorchcv shufflenet_g1_w1
    "shufflenet_v1_g2": Facts(1_733_848, 140_836_512, (1000,)),  # pytorchcv shufflenet_g2_w1
    "shufflenet_v1_g4": Facts(1_968_344, 134_339_776, (1000,)),  # pytorchcv shufflenet_g4_w1
    "shufflenet_v1_g8": Facts(2_434_768, 138_365_952, (1000,)),  # pytorchcv shufflenet_g8_w1
    "shufflenet_v1_x0_25": Facts(306_124, 13_300_656, (1000,)),  # the paper: 13 M
    "shufflenet_v1_x0_5": Facts(718_324, 37_589_856, (1000,)),  # pytorchcv shufflenet_g3_wd2
    "shufflenet_v1_x1_5": Facts(3_442_168, 292_443_552, (1000,)),  # the paper: 292 M
    "shufflenet_v1_x2_0": Facts(5_450_776, 524_045_184, (1000,)),  # the paper: 524 M
    "shufflenet_v2_x0_5": Facts(1_366_792, 40_476_448, (1000,)),  # torchvision
    "shufflenet_v2_x1_0": Facts(2_278_604, 144_907_992, (1000,)),  # torchvision
    "shufflenet_v2_x1_5": Facts(3_503_624, 295_759_392, (1000,)),  # torchvision
    "shufflenet_v2_x2_0": Facts(7_393_996, 583_253_464, (1000,)),  # torchvision
    "squeezenet1_0": Facts(1_248_424, 818_924_576, (1000,)),  # torchvision
    "squeezenet1_1": Facts(1_235_496, 349_151_936, (1000,)),  # torchvision
    "stacked_hourglass": Facts(6_570_400, 8_334_606_336, (16, 64, 64)),  # its authors, without modules never called
    "swin_b": Facts(87_768_224, 15_430_946_816, (1000,)),  # torchvision
    "swin_s": Facts(49_606_258, 8_740_875_264, (1000,)),  # torchvision
    "swin_t": Facts(28_288_354, 4_490_566_656, (1000,)),  # torchvision
    "swin_v2_b": Facts(87_930_848, 20_325_134_336, (1000,)),  # torchvision
    "swin_v2_s": Facts(49_737_442, 11_545_857_024, (1000,)),  # torchvision
    "swin_v2_t": Facts(28_351_570, 5_939_690_496, (1000,)),  # torchvision
    "tnt_s": Facts(23_755_336, 5_216_875_008, (1000,)),  # timm tnt_s_legacy_patch16_224
    "vgg11": Facts(132_863_336, 7_609_090_048, (1000,)),  # torchvision
    "vgg11_bn": Facts(132_868_840, 7_609_090_048, (1000,)),  # torchvision
    "vgg13": Facts(133_047_848, 11_308_466_176, (1000,)),  # torchvision
    "vgg13_bn": Facts(133_053_736, 11_308_466_176, (1000,)),  # torchvision
    "vgg16": Facts(138_357_544, 15_470_264_320, (1000,)),  # torchvision
    "vgg16_bn": Facts(138_365_992, 15_470_264_320, (1000,)),  # torchvision
    "vgg19": Facts(143_667_240, 19_632_062_464, (1000,)),  # torchvision
    "vgg19_bn": Facts(143_678_248, 19_632_062_464, (1000,)),  # torchvision
    "vit_b16": Facts(86_567_656, 17_563_828_224, (1000,)),  # torchvision
    "vit_b32": Facts(88_224_232, 4_409_186_304, (1000,)),  # torchvision
    "vit_h14": Facts(632_045_800, 167_295_109_120, (1000,)),  # torchvision
    "vit_l16": Facts(304_326_632, 61_554_712_576, (1000,)),  # torchvision
    "vit_l32": Facts(306_535_400, 15_377_539_072, (1000,)),  # torchvision
    "vovnet39": Facts(22_600_296, 7_072_227_328, (1000,)),  # timm vovnet39a
    "vovnet57": Facts(36_640_296, 8_930_144_256, (1000,)),  # timm vovnet57a
    # 8_543_296 (torchvision, to layer3) + 16 * 1024 + 14 * 1024**2 + 1025 * 1000; MACs as torch counts them
    "vt_resnet50": Facts(24_264_744, 3_722_862_592, (1000,)),
    "wide_resnet101_2": Facts(126_886_696, 22_753_050_624, (1000,)),  # torchvision
    "wide_resnet50_2": Facts(68_883_240, 11_398_021_120, (1000,)),  # torchvision
    "xception": Facts(22_855_952, 8_357_403_496, (1000,)),  # timm legacy_xception
    "xception41": Facts(26_969_560, 9_204_134_312, (1000,)),  # timm
    "xception65": Facts(39_916_312, 13_852_682_216, (1000,)),  # timm
    "xception71": Facts(42_338_736, 17_946_553_928, (1000,)),  # timm
}

each_network = pytest.mark.parametrize("name", sorted(PUBLISHED))


def test_the_table_has_every_network() -> None:
    assert set(PUBLISHED) == set(zoo())


@each_network
def test_reference_is_the_published_one(name: str) -> None:
    reference = yaml.safe_load(zoo()[name].read_text(encoding="utf-8"))["reference"]
    assert Facts(reference["params"], reference["macs"], tuple(reference["output"])) == PUBLISHED[name]


@each_network
def test_compiler_counts_what_is_published(name: str) -> None:
    spec = load(zoo()[name])
    assert not spec.check()
    assert (spec.params, spec.macs) == PUBLISHED[name][:2]


@each_network
def test_torch_counts_what_is_published(name: str) -> None:
    spec = load(zoo()[name])
    with torch.device("meta"):
        module = spec.build().eval()
    inputs = [torch.empty(1, *shape, device="meta") for shape in spec.inputs.values()]
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        output = module(*inputs)
    while not isinstance(output, torch.Tensor):
        output = next(iter(output.values() if isinstance(output, dict) else output))
    params = sum(parameter.numel() for parameter in module.parameters())
    assert Facts(params, counter.get_total_flops() // 2, tuple(output.shape[1:])) == PUBLISHED[name]
